"""The comparison methods that pages offer: one hash, or the sum of several distances."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.comparing.similarity import Similarity
from gallery.models import Image
from hashing.conf import setting
from hashing.fields import NUMBER_BITS, compared_fields
from hashing.fingerprints import ALGORITHMS, Algorithm, Fingerprint, PerceptualHash

# Algorithms to compare pictures by; those with more bits confirm the matches.
COMPARED = {
    name: algorithm for name, algorithm in ALGORITHMS.items() if algorithm.width <= NUMBER_BITS
}
# The methods in forms; addresses can name any other sum too.
OFFERED = ("phash", "dhash", "ahash", "whash", "colorhash", "ahash+colorhash")
# The fields of Image that clusters of similar pictures can be computed by.
METHODS = {field.name: field for field in compared_fields(Image)}
# Bits of the hash that confirms matches.
LARGE_BITS = 256


@dataclass(frozen=True)
class Method:
    """A way to compare; `name` is what `similar_to` takes as `by`."""

    name: str
    algorithms: tuple[Algorithm, ...]

    @property
    def label(self) -> str:
        first, *others = (algorithm.label for algorithm in self.algorithms)
        return " + ".join([first, *(label.lower() for label in others)])

    @property
    def width(self) -> int:
        """Bits of all its hashes together."""
        return sum(algorithm.width for algorithm in self.algorithms)

    def hashes(self, image: Image) -> list[PerceptualHash]:
        """Return the hashes of `image` that are compared; none if one of them is missing."""
        hashes = [getattr(image, algorithm.name) for algorithm in self.algorithms]
        return [] if None in hashes else hashes

    def similarity(self, distance: int) -> Similarity:
        return Similarity(distance, self.width)

    def similarity_of(self, first: Image, second: Image) -> Similarity | None:
        """Return the similarity of two pictures; None if one of them lacks a hash."""
        pairs = list(zip(self.hashes(first), self.hashes(second), strict=False))
        return self.similarity(sum(a - b for a, b in pairs)) if pairs else None

    def parse(self, text: str) -> Fingerprint:
        """
        Return hashes written in hex or bits, joined by "+" where the method adds several.

        Raises ValueError if `text` is anything else.
        """
        parts = text.strip().replace(" ", "+").split("+")
        if len(parts) != len(self.algorithms):
            raise ValueError(
                f"{self.label} compares {len(self.algorithms)} hashes, not {len(parts)}. "
                "Give one for each, joined by “+”."
            )
        hashes = {
            algorithm.name: PerceptualHash.parse(part, algorithm.width)
            for algorithm, part in zip(self.algorithms, parts, strict=True)
        }
        return Fingerprint(hashes, sha256="", content_digest="", is_informative=True)


def method(name: str = "") -> Method:
    """Return the method of this name, by default the site's; ValueError lists the names."""
    # A plus sign that was not escaped arrives as a space.
    parts = (name or str(setting("ALGORITHM"))).replace(" ", "+").split("+")
    if unknown := [part for part in parts if part not in COMPARED]:
        names = ", ".join(COMPARED)
        raise ValueError(
            f"“{unknown[0][:40]}” is not a method. Choose one of {names}, or several joined by “+”."
        )
    distinct = list(dict.fromkeys(parts))
    return Method("+".join(distinct), tuple(COMPARED[part] for part in distinct))


def offered() -> list[Method]:
    """Return the methods that forms offer."""
    return [method(name) for name in OFFERED]
