"""The check of the demonstration: whether the gallery finds each altered copy."""

from dataclasses import asdict, dataclass
from typing import Any

from demo.collection import DemoPicture, demo_pictures
from demo.site import demo_user, source_of
from gallery import matching
from gallery.matching import ClusterFacts, cluster_facts, image_clusters
from gallery.models import Image
from gallery.similar import same_pictures

MAX_DISTANCE = 10  # bits
# Tilting by a few degrees moves every edge: like large crops, such copies are not all found.
HARDEST = {"tilted", "cropped"}


@dataclass(frozen=True)
class CopyCheck:
    """
    Whether one altered copy was found.

    `same` tells whether it is known as the same picture, and `sentence` how it differs; `found`
    whether a plain perceptual hash puts it into the cluster of its original.
    """

    name: str
    original: str
    alteration: str
    first_class: bool
    same: bool
    sentence: str
    found: bool

    @property
    def is_missed(self) -> bool:
        """Whether the gallery should have found this copy and did not."""
        return (not self.same and self.alteration not in HARDEST) or (
            self.first_class and not self.found
        )


@dataclass(frozen=True)
class CheckReport:
    """The number of pictures, their clusters as plain values, and the altered copies."""

    pictures: int
    clusters: list[ClusterFacts]
    copies: list[CopyCheck]

    @property
    def missed(self) -> list[str]:
        """The file names of copies that should have been found."""
        return [copy.name for copy in self.copies if copy.is_missed]

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {**asdict(self), "missed": self.missed}

    def as_text(self) -> str:
        """Return the report as a table."""
        lines = [f"{self.pictures} pictures, {len(self.clusters)} clusters:"]
        for cluster in self.clusters:
            lines.append(f"\n  diameter {cluster['diameter']}, {cluster['kind']}")
            for member in cluster["members"]:
                lines.append(f"    {member['distance']:>3}  {member['hash']}  {member['name']}")
        lines.append("\nAltered copies (first-class kinds must be found):")
        for copy in sorted(self.copies, key=lambda copy: (not copy.first_class, copy.name)):
            rank = "first-class" if copy.first_class else "harder"
            mark = "found" if copy.found else "not found"
            lines.append(f"  {mark:<10} {rank:<12} {copy.alteration:<18} {copy.name}")
            lines.append(f"             the same picture: {copy.sentence or 'not found'}")
        return "\n".join(lines)


def checked() -> CheckReport:
    """Compare all pictures, and return what was found."""
    clusters = cluster_facts(image_clusters(max_distance=MAX_DISTANCE), "phash")
    cluster_numbers = {
        member["source"]: number
        for number, cluster in enumerate(clusters)
        for member in cluster["members"]
    }
    matching.finish()
    copies = [picture for picture in demo_pictures() if picture.original]
    sentences = _sentences(copies)
    return CheckReport(
        pictures=Image.objects.count(),
        clusters=clusters,
        copies=[_copy_check(copy, cluster_numbers, sentences) for copy in copies],
    )


def _sentences(copies: list[DemoPicture]) -> dict[tuple[str, str], str]:
    """Return how copies differ from their originals, by the sources of both."""
    owner = demo_user()
    originals = [source_of(copy.original) for copy in copies if copy.original]
    return {
        (original.source, same.image.source): same.sentence
        for original in Image.objects.filter(source__in=originals)
        for same in same_pictures(original, owner)
    }


def _copy_check(
    copy: DemoPicture, cluster_numbers: dict[str, int], sentences: dict[tuple[str, str], str]
) -> CopyCheck:
    original, source = source_of(copy.original or ""), source_of(copy.file_name)
    number = cluster_numbers.get(source)
    sentence = sentences.get((original, source), "")
    return CopyCheck(
        name=copy.file_name,
        original=copy.original or "",
        alteration=copy.alteration or "",
        first_class=copy.first_class,
        same=bool(sentence),
        sentence=sentence,
        found=number is not None and number == cluster_numbers.get(original),
    )
