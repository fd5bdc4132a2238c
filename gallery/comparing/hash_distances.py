"""The distances of two pictures by every hash, as stored and aligned."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PIL import Image as PillowImage

from gallery.comparing.comparisons import Comparison
from gallery.comparing.hash_methods import COMPARED, Method, offered
from gallery.comparing.overlays import Overlay
from gallery.comparing.similarity import Similarity
from hashing.exceptions import Refusal
from hashing.fingerprints import ALGORITHMS, PerceptualHash
from hashing.model_matching import LARGE

logger = logging.getLogger("gallery")

CONFIRMING = Method(LARGE, (ALGORITHMS[LARGE],))


@dataclass(frozen=True)
class HashDistance:
    """The similarity of two pictures by one method; None where a hash or a file is missing."""

    method: Method
    as_stored: Similarity | None
    aligned: Similarity | None

    @property
    def has_grid(self) -> bool:
        """Whether the page can draw the bits of the method."""
        return self.method != CONFIRMING


@dataclass(frozen=True)
class _Pixels:
    """A part of a rendition in the form that hash algorithms take."""

    image: PillowImage.Image
    is_reduced: bool = False
    reduced: None = None

    @cached_property
    def gray(self) -> PillowImage.Image:
        return self.image.convert("L")


def hash_distances(comparison: Comparison) -> list[HashDistance]:
    """
    Return the distances of two pictures by every method, and by the hash that confirms matches.

    If one is turned or framed, `aligned` compares the parts inside their bars, turned back. The
    confirming hash is stored aligned; the other hashes are recomputed from renditions, so they can
    differ by a bit or two.
    """
    pictures = comparison.first.image, comparison.second.image
    aligned = _aligned_distances(comparison) if comparison.needs_alignment else {}
    return [
        HashDistance(method, method.similarity_of(*pictures), _summed(method, aligned))
        for method in [*offered(), CONFIRMING]
    ]


def _aligned_distances(comparison: Comparison) -> dict[str, int]:
    """Return distances by the names of algorithms; only the stored one if a file is missing."""
    match = comparison.match
    distances = {LARGE: match.alignment.distance} if match else {}
    overlay = Overlay.of(comparison.aligned)
    try:
        hashes = [_hashes(pixels) for pixels in overlay.small_pixels()] if overlay else []
    except (Refusal, OSError, ValueError) as error:
        logger.warning("Cannot hash what is inside the bars: %s", error)
        return distances
    if hashes:
        first, second = hashes
        distances |= {name: first[name] - second[name] for name in COMPARED}
    return distances


def _hashes(pixels: PillowImage.Image) -> dict[str, PerceptualHash]:
    return {name: algorithm(_Pixels(pixels)) for name, algorithm in COMPARED.items()}


def _summed(method: Method, distances: Mapping[str, int]) -> Similarity | None:
    """Return the sum of the distances that `method` adds; None if one of them is missing."""
    names = {algorithm.name for algorithm in method.algorithms}
    if not names <= distances.keys():
        return None
    return method.similarity(sum(distances[name] for name in names))
