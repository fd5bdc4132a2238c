"""
The perceptual hash algorithms, by name.

The values equal those of ImageHash (https://github.com/JohannesBuchner/imagehash) for the same
upright pixels on white, so that they can be compared with hashes computed elsewhere.
`wavelet_hash` and `colour_hash` compute them faster. A picture decoded at a reduced scale is
hashed from its reduced gray levels, as if it had been decoded in full.

Sources: N. Krawetz, "Looks Like It" (2011), for the perceptual (DCT) and average hashes, and
"Kind of Like That" (2013) for the difference hash; D. Petrov, "Wavelet image hash in Python"
(2016); the colour hash is ImageHash's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from hashing.fingerprints.dct256 import cosine_hash
from hashing.fingerprints.framings import View
from hashing.fingerprints.perceptual_hash import PerceptualHash


@dataclass(frozen=True)
class Algorithm:
    """
    An algorithm that hashes a picture to `width` bits.

    `version` is raised when the same picture gets another value.
    """

    name: str
    label: str
    width: int
    version: int
    compute: Callable[[View], imagehash.ImageHash]

    def __call__(self, picture: View) -> PerceptualHash:
        return PerceptualHash.from_imagehash(self.compute(picture))


HASH_SIDE = 8

# Limits of colour_hash: pixels with less luminance than BLACK are black, with less saturation than
# GRAY gray, with less than FAINT faint.
BLACK, GRAY, FAINT = 256 // 8, 256 // 3, 256 * 2 // 3
HUE_BINS = np.ceil(np.linspace(0, 255, 6 + 1)).astype(int)[:-1]  # the first hue of each bin
COLOUR_BITS = 3
# The short side, in pixels, of the sample of a reduced picture.
COLOUR_SIDE = 256
# Rows examined at a time, so that a large picture is never copied as a whole.
STRIP = 512

# Decimals to which means are rounded, because smaller differences are rounding errors.
MEAN_DIGITS = 2


def perceptual_hash(picture: View) -> imagehash.ImageHash:
    """Return imagehash.phash(): which low DCT coefficients are above their median."""
    return imagehash.phash(_small(picture, "perceptual"))


def difference_hash(picture: View) -> imagehash.ImageHash:
    """Return imagehash.dhash(): which of 8 by 8 pixels are darker than their right neighbours."""
    _, darker = difference_steps(picture)
    return imagehash.ImageHash(darker)


def average_hash(picture: View) -> imagehash.ImageHash:
    """Return imagehash.average_hash(): which of 8 by 8 pixels are above the mean."""
    return imagehash.average_hash(_small(picture, "average"))


def _small(picture: View, name: Literal["perceptual", "difference", "average"]) -> Image.Image:
    """Return the gray picture, already at the size that ImageHash needs if it is reduced."""
    if picture.reduced is None:
        return picture.gray
    levels = {
        "perceptual": picture.reduced.perceptual,
        "difference": picture.reduced.difference,
        "average": picture.reduced.average,
    }
    return Image.fromarray(levels[name].astype(np.uint8))


def wavelet_hash(picture: View) -> imagehash.ImageHash:
    """
    Return imagehash.whash(): which of 8 by 8 low Haar coefficients are above their median.

    A low Haar coefficient is the sum of a block of pixels, times a factor and minus a mean, neither
    of which changes what is above the median. For a reduced picture, the means of the blocks are
    known. Otherwise the sums are compared as whole numbers, which is exact unless the two values
    in the middle are equal: then rounding errors decide, and ImageHash itself computes the hash.
    """
    if picture.reduced is not None:
        means = picture.reduced.means.round(MEAN_DIGITS)
        return imagehash.ImageHash(means > np.median(means))
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

    Pillow counts the pixels through masks, and only those that can have a hue. For a picture
    decoded at a reduced scale, which differs slightly anyway, a sample is enough: pixels on a
    grid, `COLOUR_SIDE` across the short side. Means of neighbours would have paler hues than the
    pixels.
    """
    image = _sampled(picture.image) if picture.is_reduced else picture.image
    pixels = image.width * image.height
    black = sum(image.convert("L").histogram()[:BLACK])
    coloured = 0
    hues = np.zeros(2 * len(HUE_BINS), dtype=np.int64)
    for vivid in _vivid(image):
        hue, saturation, _ = vivid.convert("HSV").split()
        bright_enough = vivid.convert("L").point([0] * BLACK + [255] * (256 - BLACK))
        coloured += sum(saturation.histogram(bright_enough)[GRAY:])
        # ImageHash compares with FAINT by < and by >, so a saturation equal to it is neither.
        faint = saturation.point([0] * GRAY + [255] * (FAINT - GRAY) + [0] * (256 - FAINT))
        bright = saturation.point([0] * (FAINT + 1) + [255] * (255 - FAINT))
        hues += [
            count
            for mask in (faint, bright)
            for count in _hue_counts(hue, ImageChops.darker(mask, bright_enough))
        ]
    return _colour_bits(pixels, black, pixels - black - coloured, hues.tolist())


def _sampled(image: Image.Image) -> Image.Image:
    """Return pixels of `image` on a grid, `COLOUR_SIDE` across the short side."""
    short = min(image.size)
    if short <= COLOUR_SIDE:
        return image
    width, height = (round(side * COLOUR_SIDE / short) for side in image.size)
    return image.resize((width, height), Image.Resampling.NEAREST)


def _colour_bits(pixels: int, black: int, gray: int, hues: list[int]) -> imagehash.ImageHash:
    """Return the colour hash of `pixels`, counted as black, gray, or by hue."""
    colours = max(1, pixels - black - gray)
    shares = [black / pixels, gray / pixels]
    levels = [int(share * 2**COLOUR_BITS) for share in shares]
    levels += [int(count * 2**COLOUR_BITS * 1.0 / colours) for count in hues]
    return imagehash.ImageHash(np.array([_level_bits(level) for level in levels]))


def _vivid(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the pixels of `image` that are not clearly gray, strip by strip, each as one row."""
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        channels = [np.asarray(channel) for channel in strip.split()]
        highest = np.maximum(np.maximum(channels[0], channels[1]), channels[2])
        lowest = np.minimum(np.minimum(channels[0], channels[1]), channels[2])
        # Saturation is the spread of the channels divided by the highest one, and GRAY is a third.
        # Borderline and black pixels are kept, to be judged by Pillow's own saturation.
        chosen = np.flatnonzero(highest - lowest >= highest // 3)
        if chosen.size:
            rows = [Image.fromarray(channel.ravel()[chosen][None]) for channel in channels]
            yield Image.merge("RGB", rows)


def _hue_counts(hue: Image.Image, mask: Image.Image) -> list[int]:
    """Return the number of pixels in each bin of hues, where `mask` is set."""
    counts: list[int] = np.add.reduceat(hue.histogram(mask), HUE_BINS).tolist()
    return counts


def _level_bits(level: int) -> list[bool]:
    """Return a level from 0 to 7 in three bits, in ImageHash's encoding, which is not binary."""
    level = min(2**COLOUR_BITS - 1, level)
    return [
        level // 2 ** (COLOUR_BITS - i - 1) % 2 ** (COLOUR_BITS - i) > 0 for i in range(COLOUR_BITS)
    ]


ALGORITHMS = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("phash", "Perceptual", 64, 1, perceptual_hash),
        Algorithm("dhash", "Difference", 64, 1, difference_hash),
        Algorithm("ahash", "Average", 64, 1, average_hash),
        Algorithm("whash", "Wavelet", 64, 1, wavelet_hash),
        Algorithm("colorhash", "Colour", 42, 2, colour_hash),
        Algorithm("dct256", "Fine perceptual", 256, 1, cosine_hash),
    )
}


def algorithm(name: str) -> Algorithm:
    """Return the algorithm of this `name`. Raises ValueError with all names."""
    try:
        return ALGORITHMS[name]
    except KeyError:
        names = ", ".join(map(repr, ALGORITHMS))
        raise ValueError(f"Value for 'algorithm' must be one of: {names}, not {name!r}.") from None


def difference_steps(
    picture: View,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """
    Return the two steps of the difference hash of `picture`.

    The first is the gray picture, shape (8, 9), from 0 to 255. The second holds the bits, shape
    (8, 8): true where a pixel is darker than its right neighbour.
    """
    gray = np.asarray(_small(picture, "difference").resize((9, 8), imagehash.ANTIALIAS))
    return gray, gray[:, 1:] > gray[:, :-1]
