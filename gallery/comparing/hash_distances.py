"""How far two pictures lie apart by every hash: as they are, and as they match."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PIL import Image as PillowImage

from gallery.comparing.comparisons import Comparison
from gallery.comparing.hash_methods import COMPARED, Method, offered
from gallery.comparing.overlays import Stage
from gallery.comparing.similarity import Likeness
from hashing.exceptions import Refusal
from hashing.fingerprints import ALGORITHMS, PerceptualHash
from hashing.model_matching import LARGE

logger = logging.getLogger("gallery")

FINE = Method(LARGE, (ALGORITHMS[LARGE],))


@dataclass(frozen=True)
class HashDistance:
    """How alike two pictures are by one method; None where it cannot be told."""

    method: Method
    as_they_are: Likeness | None
    as_they_match: Likeness | None

    @property
    def has_grid(self) -> bool:
        """Whether the bits of the method can be looked at."""
        return self.method != FINE


@dataclass(frozen=True)
class _Pixels:
    """A part of a small copy, for the algorithms to look at."""

    image: PillowImage.Image
    is_reduced: bool = False
    levels: None = None

    @cached_property
    def gray(self) -> PillowImage.Image:
        return self.image.convert("L")


def hash_distances(comparison: Comparison) -> list[HashDistance]:
    """
    Return the distances of two pictures by every method, and by the hash that confirms matches.

    Where one is turned or framed, `as_they_match` compares what is inside the bars of both, turned
    back. The confirming hash is the stored one; of the others no hash is stored for that, and they
    are made anew from renditions, which moves a bit here and there.
    """
    pictures = comparison.first.image, comparison.second.image
    matched = _distances_inside(comparison) if comparison.is_dressed else {}
    return [
        HashDistance(method, method.likeness_of(*pictures), _summed(method, matched))
        for method in [*offered(), FINE]
    ]


def _distances_inside(comparison: Comparison) -> dict[str, int]:
    """Return distances by the names of algorithms; only the stored one if a file is missing."""
    match = comparison.match
    found = {LARGE: match.alignment.distance} if match else {}
    stage = Stage.of(comparison.dressed)
    try:
        inside = [_hashes(pixels) for pixels in stage.small_pixels()] if stage else []
    except (Refusal, OSError, ValueError) as error:
        logger.warning("Cannot hash what is inside the bars: %s", error)
        inside = []
    if inside:
        found |= {name: inside[0][name] - inside[1][name] for name in COMPARED}
    return found


def _hashes(pixels: PillowImage.Image) -> dict[str, PerceptualHash]:
    return {name: algorithm(_Pixels(pixels)) for name, algorithm in COMPARED.items()}


def _summed(method: Method, distances: Mapping[str, int]) -> Likeness | None:
    names = [algorithm.name for algorithm in method.algorithms]
    known = all(name in distances for name in names)
    return method.likeness(sum(distances[name] for name in names)) if known else None
