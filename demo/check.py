"""The check of the demonstration: whether the gallery knows what its pictures are to each other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, TypeAlias

from demo.collection import DemoPicture, demo_pictures
from demo.findings import CopyFinding, PartFinding, TwinFinding
from demo.site import demo_user, source_of
from gallery import worker
from gallery.matching import ClusterFacts, cluster_facts, image_clusters
from gallery.models import Image
from gallery.parts import SharedPart, shared_parts
from gallery.similar import SamePicture, same_pictures

MAX_DISTANCE = 10  # bits

Pair: TypeAlias = tuple[str, str]
"""The sources of two stored pictures."""


@dataclass(frozen=True)
class CheckReport:
    """The number of pictures, their clusters as plain values, and the findings."""

    pictures: int
    clusters: list[ClusterFacts]
    copies: list[CopyFinding]
    parts: list[PartFinding]
    twins: list[TwinFinding]

    @property
    def missed(self) -> list[str]:
        """The file names of copies and compositions that should have been found."""
        copies = [finding.name for finding in self.copies if finding.is_missed]
        parts = [finding.name for finding in self.parts if finding.is_missed]
        return list(dict.fromkeys(copies + parts))

    @property
    def mistaken(self) -> list[str]:
        """Pairs of different pictures that should not have been matched."""
        return [f"{twin.name} and {twin.other}" for twin in self.twins if twin.is_mistaken]

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {**asdict(self), "missed": self.missed, "mistaken": self.mistaken}

    def as_text(self) -> str:
        """Return the report as a table."""
        copies = sorted(self.copies, key=lambda copy: (not copy.first_class, copy.name))
        return "\n".join(
            [
                f"{self.pictures} pictures, {len(self.clusters)} clusters:",
                *map(_cluster_text, self.clusters),
                "\nCopies (a plain hash must find the first-class kinds):",
                *(copy.as_text() for copy in copies),
                "\nCollages, screenshots and crops:",
                *(part.as_text() for part in self.parts),
                "\nDifferent pictures that look alike:",
                *(twin.as_text() for twin in self.twins),
            ]
        )


def checked() -> CheckReport:
    """Compare all pictures, and return what was found."""
    clusters = cluster_facts(image_clusters(max_distance=MAX_DISTANCE), "phash")
    worker.finish()
    pictures = list(demo_pictures())
    same = _same_pictures(pictures)
    return CheckReport(
        pictures=Image.objects.count(),
        clusters=clusters,
        copies=list(_copies(pictures, same, _cluster_numbers(clusters))),
        parts=list(_parts(pictures)),
        twins=list(_twins(pictures, same)),
    )


def _same_pictures(pictures: Iterable[DemoPicture]) -> dict[Pair, SamePicture]:
    """Return the stored matches of these pictures, seen from the first of each pair."""
    owner = demo_user()
    return {
        (image.source, same.image.source): same
        for image in _stored(picture.file_name for picture in pictures)
        for same in same_pictures(image, owner)
    }


def _stored(file_names: Iterable[str]) -> Iterable[Image]:
    return Image.objects.filter(source__in=list(map(source_of, file_names)))


def _cluster_numbers(clusters: Iterable[ClusterFacts]) -> dict[str, int]:
    """Return the number of the cluster of each picture by its source."""
    return {
        member["source"]: number
        for number, cluster in enumerate(clusters)
        for member in cluster["members"]
    }


def _copies(
    pictures: Iterable[DemoPicture], same: Mapping[Pair, SamePicture], numbers: Mapping[str, int]
) -> Iterator[CopyFinding]:
    for copy in pictures:
        if copy.original is None:
            continue
        original, source = source_of(copy.original), source_of(copy.file_name)
        match = same.get((original, source))
        yield CopyFinding(
            name=copy.file_name,
            original=copy.original,
            alteration=copy.alteration or "",
            first_class=copy.first_class,
            is_changed=copy.is_changed,
            kind=str(match.kind.value) if match else "",
            sentence=match.sentence if match else "",
            found=source in numbers and numbers[source] == numbers.get(original),
        )


def _parts(pictures: Iterable[DemoPicture]) -> Iterator[PartFinding]:
    for picture in pictures:
        for source in picture.sources:
            shared = _shared_part(source, picture.file_name)
            yield PartFinding(
                name=picture.file_name,
                source=source,
                expected=str(picture.relation),
                relation=str(shared.relation) if shared else "",
                sentence=shared.sentence if shared else "",
            )


def _shared_part(file_name: str, other: str) -> SharedPart | None:
    """Return the part that two pictures share, as the page of the first one shows it."""
    owner = demo_user()
    return next(
        (
            shared
            for image in _stored([file_name])
            for shared in shared_parts(image, owner)
            if shared.image.source == source_of(other)
        ),
        None,
    )


def _twins(
    pictures: Iterable[DemoPicture], same: Mapping[Pair, SamePicture]
) -> Iterator[TwinFinding]:
    """Yield pairs of different pictures that are on one template or that the gallery matches."""
    for one, other in combinations(pictures, 2):
        if one.origins & other.origins:
            continue
        template = one.template if one.template == other.template else ""
        match = same.get((source_of(one.file_name), source_of(other.file_name)))
        if template or match:
            kind = str(match.kind.value) if match else ""
            yield TwinFinding(one.file_name, other.file_name, template, kind)


def _cluster_text(cluster: ClusterFacts) -> str:
    members = (
        f"    {member['distance']:>3}  {member['hash']}  {member['name']}"
        for member in cluster["members"]
    )
    return "\n".join([f"\n  diameter {cluster['diameter']}, {cluster['kind']}", *members])
