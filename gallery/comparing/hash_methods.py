"""The ways to compare that pages offer: by one hash, or by several whose distances are added."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.comparing.similarity import Likeness
from gallery.models import Image
from hashing.conf import setting
from hashing.fields import NUMBER_BITS, compared_fields
from hashing.fingerprints import ALGORITHMS, Algorithm, Fingerprint, PerceptualHash

# What pictures can be compared by; finer hashes confirm what these found.
COMPARED = {
    name: algorithm for name, algorithm in ALGORITHMS.items() if algorithm.width <= NUMBER_BITS
}
# What forms offer; addresses may name any other sum too.
OFFERED = ("phash", "dhash", "ahash", "whash", "colorhash", "ahash+colorhash")


@dataclass(frozen=True)
class Method:
    """One way to compare: `name` is what `similar_to` takes as `by`."""

    name: str
    algorithms: tuple[Algorithm, ...]

    @property
    def label(self) -> str:
        first, *rest = (algorithm.label for algorithm in self.algorithms)
        return " + ".join([first, *(label.lower() for label in rest)])

    @property
    def width(self) -> int:
        return sum(algorithm.width for algorithm in self.algorithms)

    def hashes(self, image: Image) -> list[PerceptualHash]:
        """Return the hashes of `image` that are compared; none if one of them is missing."""
        hashes = [getattr(image, algorithm.name) for algorithm in self.algorithms]
        return [] if None in hashes else hashes

    def likeness(self, distance: int) -> Likeness:
        return Likeness(distance, self.width)

    def likeness_of(self, first: Image, second: Image) -> Likeness | None:
        """Return how alike two pictures are, or None if one of them has no hash."""
        pairs = list(zip(self.hashes(first), self.hashes(second), strict=False))
        return self.likeness(sum(a - b for a, b in pairs)) if pairs else None

    def parse(self, text: str) -> Fingerprint:
        """Read hashes in hex or bits, joined by "+" where the method adds several."""
        parts = text.strip().replace(" ", "+").split("+")
        if len(parts) != len(self.algorithms):
            raise ValueError(
                f"{self.label} compares {len(self.algorithms)} hashes, not {len(parts)}; "
                "give one for each, joined by “+”."
            )
        hashes = {
            algorithm.name: PerceptualHash.parse(part, algorithm.width)
            for algorithm, part in zip(self.algorithms, parts, strict=True)
        }
        return Fingerprint(hashes, sha256="", content_digest="", is_informative=True)


def method(name: str = "") -> Method:
    """Return the method called `name`, or the site's own; ValueError lists the names there are."""
    # A plus sign that was not escaped arrives as a space.
    parts = (name or str(setting("ALGORITHM"))).replace(" ", "+").split("+")
    if unknown := [part for part in parts if part not in COMPARED]:
        names = ", ".join(COMPARED)
        raise ValueError(
            f"“{unknown[0][:40]}” is no method. Choose one of {names}, or several joined by “+”."
        )
    distinct = list(dict.fromkeys(parts))
    return Method("+".join(distinct), tuple(COMPARED[part] for part in distinct))


def offered() -> list[Method]:
    """Return the methods that forms offer."""
    return [method(name) for name in OFFERED]


# Bits of the hashes by which the same picture is told.
LARGE_BITS = 256


METHODS = {field.name: field for field in compared_fields(Image)}
