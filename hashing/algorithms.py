"""
The perceptual hash algorithms, by name.

All are ImageHash's own functions (https://github.com/JohannesBuchner/imagehash), called with
the upright, flattened pixels, so that the values here equal those that anyone else computes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import imagehash
import numpy as np

from hashing.decoding import Picture
from hashing.perceptual_hash import PerceptualHash


@dataclass(frozen=True)
class Algorithm:
    """One way to hash a picture; `version` changes when the same picture gets another value."""

    name: str
    label: str
    width: int
    version: int
    compute: Callable[[Picture], imagehash.ImageHash]

    def __call__(self, picture: Picture) -> PerceptualHash:
        digits = np.asarray(self.compute(picture).hash).ravel().astype(int)
        return PerceptualHash.from_bits("".join(map(str, digits)))


ALGORITHMS = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("phash", "Perceptual", 64, 1, lambda picture: imagehash.phash(picture.gray)),
        Algorithm("dhash", "Difference", 64, 1, lambda picture: imagehash.dhash(picture.gray)),
        Algorithm("ahash", "Average", 64, 1, lambda picture: imagehash.average_hash(picture.gray)),
        Algorithm("whash", "Wavelet", 64, 1, lambda picture: imagehash.whash(picture.gray)),
        Algorithm("colorhash", "Colour", 42, 1, lambda picture: imagehash.colorhash(picture.image)),
    )
}


def algorithm(name: str) -> Algorithm:
    """Return the algorithm called `name`; ValueError lists the names there are."""
    try:
        return ALGORITHMS[name]
    except KeyError:
        names = ", ".join(repr(known) for known in ALGORITHMS)
        raise ValueError(f"Value for 'algorithm' must be one of: {names}, not {name!r}.") from None


def difference_steps(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    """
    Return how the difference hash of `picture` comes about.

    The first array is the gray picture of 8 rows and 9 columns (0-255), the second one the 8 by 8
    comparisons, true where a pixel is darker than its right neighbour: those are the bits.
    """
    gray = np.asarray(picture.gray.resize((9, 8), imagehash.ANTIALIAS))
    return gray, gray[:, 1:] > gray[:, :-1]
