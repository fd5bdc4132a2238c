"""
The perceptual hash algorithms, by name.

The values are ImageHash's (https://github.com/JohannesBuchner/imagehash) for the same upright,
flattened pixels, so that they equal those that anyone else computes. Where its way to them is a
detour, `wavelet_hash` and `colour_hash` here take a shorter one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import imagehash
import numpy as np
from PIL import Image, ImageChops

from hashing.cosine import cosine_hash
from hashing.decoding import Picture
from hashing.framings import View
from hashing.perceptual_hash import PerceptualHash


@dataclass(frozen=True)
class Algorithm:
    """One way to hash a picture; `version` changes when the same picture gets another value."""

    name: str
    label: str
    width: int
    version: int
    compute: Callable[[View], imagehash.ImageHash]

    def __call__(self, picture: View) -> PerceptualHash:
        digits = np.asarray(self.compute(picture).hash).ravel().astype(int)
        return PerceptualHash.from_bits("".join(map(str, digits)))


HASH_SIDE = 8

# Limits of colour_hash: what is darker is black, what is paler is gray, what is paler is faint.
BLACK, GRAY, FAINT = 256 // 8, 256 // 3, 256 * 2 // 3
HUE_BINS = np.linspace(0, 255, 6 + 1)
COLOUR_BITS = 3
COLOUR_SIDE = 256


def wavelet_hash(picture: View) -> imagehash.ImageHash:
    """
    Return imagehash.whash(): which of 8 by 8 low Haar coefficients are above their median.

    A low Haar coefficient is the sum of a block, but for a factor and for the mean that ImageHash
    subtracts; neither changes what is above the median. Whole numbers compare exactly, unless
    the two values in the middle are equal: then rounding decides, and ImageHash itself is asked.
    """
    side = max(2 ** int(np.log2(min(picture.gray.size))), HASH_SIDE)
    pixels = np.asarray(picture.gray.resize((side, side), imagehash.ANTIALIAS))
    block = side // HASH_SIDE
    sums = pixels.reshape(HASH_SIDE, block, HASH_SIDE, block).sum(axis=(1, 3), dtype=np.int64)
    lower, upper = np.partition(sums.ravel(), (31, 32))[31:33]
    if lower == upper:
        return imagehash.whash(picture.gray)
    return imagehash.ImageHash(sums >= upper)


def colour_hash(picture: View) -> imagehash.ImageHash:
    """
    Return imagehash.colorhash(): the shares of black, gray, six faint and six bright hues.

    The pixels are counted by Pillow, through masks, instead of being sorted out one by one. Of a
    picture that was decoded at a reduced scale, and so differs by a hair anyway, a short side
    of `COLOUR_SIDE` pixels is enough.
    """
    image = picture.image
    if picture.is_reduced and (factor := min(image.size) // COLOUR_SIDE) > 1:
        image = image.reduce(factor)
    hue, saturation, _ = image.convert("HSV").split()
    pixels = image.width * image.height
    coloured = image.convert("L").point([0] * BLACK + [255] * (256 - BLACK))
    black = pixels - coloured.histogram()[255]
    gray = sum(saturation.histogram(coloured)[:GRAY])
    # ImageHash compares with FAINT by < and by >, so what equals it is neither faint nor bright.
    faint = saturation.point([0] * GRAY + [255] * (FAINT - GRAY) + [0] * (256 - FAINT))
    bright = saturation.point([0] * (FAINT + 1) + [255] * (255 - FAINT))
    hues = [
        share
        for mask in (faint, bright)
        for share in _hue_counts(hue, ImageChops.darker(mask, coloured))
    ]
    colours = max(1, pixels - black - gray)
    shares = [black / pixels, gray / pixels]
    levels = [int(share * 2**COLOUR_BITS) for share in shares]
    levels += [int(count * 2**COLOUR_BITS * 1.0 / colours) for count in hues]
    return imagehash.ImageHash(np.array([_level_bits(level) for level in levels]))


def _hue_counts(hue: Image.Image, mask: Image.Image) -> list[int]:
    counts, _ = np.histogram(np.arange(256), bins=HUE_BINS, weights=hue.histogram(mask))
    return counts.astype(int).tolist()


def _level_bits(level: int) -> list[bool]:
    """Return a level from 0 to 7 as ImageHash codes it: nearly, but not quite, in binary."""
    level = min(2**COLOUR_BITS - 1, level)
    return [
        level // 2 ** (COLOUR_BITS - i - 1) % 2 ** (COLOUR_BITS - i) > 0 for i in range(COLOUR_BITS)
    ]


ALGORITHMS = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("phash", "Perceptual", 64, 1, lambda picture: imagehash.phash(picture.gray)),
        Algorithm("dhash", "Difference", 64, 1, lambda picture: imagehash.dhash(picture.gray)),
        Algorithm("ahash", "Average", 64, 1, lambda picture: imagehash.average_hash(picture.gray)),
        Algorithm("whash", "Wavelet", 64, 1, wavelet_hash),
        Algorithm("colorhash", "Colour", 42, 1, colour_hash),
        Algorithm("dct256", "Fine perceptual", 256, 1, cosine_hash),
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
