"""
The perceptual hash algorithms, by name.

The values are ImageHash's (https://github.com/JohannesBuchner/imagehash) for the same upright,
flattened pixels, so that they equal those that anyone else computes. Where its way to them is a
detour, `wavelet_hash` and `colour_hash` here take a shorter one. A picture that was decoded at a
reduced scale is hashed by its gray levels, as if every pixel were there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import imagehash
import numpy as np
from PIL import Image, ImageChops

from hashing.fingerprints.dct256 import cosine_hash
from hashing.fingerprints.framings import View
from hashing.fingerprints.perceptual_hash import PerceptualHash


@dataclass(frozen=True)
class Algorithm:
    """One way to hash a picture; `version` changes when the same picture gets another value."""

    name: str
    label: str
    width: int
    version: int
    compute: Callable[[View], imagehash.ImageHash]

    def __call__(self, picture: View) -> PerceptualHash:
        bits = np.asarray(self.compute(picture).hash).ravel()
        return PerceptualHash.from_bits((bits + ord("0")).astype(np.uint8).tobytes().decode())


HASH_SIDE = 8

# Limits of colour_hash: what is darker is black, what is paler is gray, what is paler is faint.
BLACK, GRAY, FAINT = 256 // 8, 256 // 3, 256 * 2 // 3
HUE_BINS = np.ceil(np.linspace(0, 255, 6 + 1)).astype(int)[:-1]  # where each begins
COLOUR_BITS = 3
COLOUR_SIDE = 256
# Rows that are looked at at once, so that a large picture is never held a second time.
STRIP = 512

# Means that are closer than this are the same: what is left between them is rounding.
MEAN_DIGITS = 2


def perceptual_hash(picture: View) -> imagehash.ImageHash:
    """Return imagehash.phash(), of a reduced picture by its levels at 32 by 32 pixels."""
    return imagehash.phash(_small(picture, "perceptual"))


def difference_hash(picture: View) -> imagehash.ImageHash:
    """Return imagehash.dhash(), of a reduced picture by its levels at 9 by 8 pixels."""
    _, darker = difference_steps(picture)
    return imagehash.ImageHash(darker)


def average_hash(picture: View) -> imagehash.ImageHash:
    """Return imagehash.average_hash(), of a reduced picture by its levels at 8 by 8 pixels."""
    return imagehash.average_hash(_small(picture, "average"))


def _small(picture: View, name: str) -> Image.Image:
    """Return what ImageHash need not shrink any more, or the whole picture in gray."""
    if picture.reduced is None:
        return picture.gray
    return Image.fromarray(getattr(picture.reduced, name).astype(np.uint8))


def wavelet_hash(picture: View) -> imagehash.ImageHash:
    """
    Return imagehash.whash(): which of 8 by 8 low Haar coefficients are above their median.

    A low Haar coefficient is the sum of a block, but for a factor and for the mean that ImageHash
    subtracts; neither changes what is above the median. Of a reduced picture the means of the
    blocks are known. Otherwise whole numbers compare exactly, unless the two values in the middle
    are equal: then rounding decides, and ImageHash itself is asked.
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

    Pillow counts the pixels, through masks, and only those that may have a hue at all. Of a
    picture that was decoded at a reduced scale, and so differs by a hair anyway, a sample is
    enough: pixels on a grid, `COLOUR_SIDE` across the short side. Means of neighbours would
    have paler hues than the pixels have.
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
        # ImageHash compares with FAINT by < and by >, so what equals it is neither.
        faint = saturation.point([0] * GRAY + [255] * (FAINT - GRAY) + [0] * (256 - FAINT))
        bright = saturation.point([0] * (FAINT + 1) + [255] * (255 - FAINT))
        hues += [
            count
            for mask in (faint, bright)
            for count in _hue_counts(hue, ImageChops.darker(mask, bright_enough))
        ]
    return _colour_bits(pixels, black, pixels - black - coloured, hues.tolist())


def _sampled(image: Image.Image) -> Image.Image:
    short = min(image.size)
    if short <= COLOUR_SIDE:
        return image
    size = tuple(round(side * COLOUR_SIDE / short) for side in image.size)
    return image.resize(size, Image.Resampling.NEAREST)


def _colour_bits(pixels: int, black: int, gray: int, hues: list[int]) -> imagehash.ImageHash:
    """Return the hash of shares of `pixels`, of which the rest after black and gray has hues."""
    colours = max(1, pixels - black - gray)
    shares = [black / pixels, gray / pixels]
    levels = [int(share * 2**COLOUR_BITS) for share in shares]
    levels += [int(count * 2**COLOUR_BITS * 1.0 / colours) for count in hues]
    return imagehash.ImageHash(np.array([_level_bits(level) for level in levels]))


def _vivid(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the pixels of `image` that are not plainly gray, strip by strip, each in one row."""
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        channels = [np.asarray(channel) for channel in strip.split()]
        highest = np.maximum(np.maximum(channels[0], channels[1]), channels[2])
        lowest = np.minimum(np.minimum(channels[0], channels[1]), channels[2])
        # Saturation is the spread of the channels by the highest one, and GRAY a third of it. Where
        # it is just that, and where it is black, Pillow's own saturation tells.
        chosen = np.flatnonzero(highest - lowest >= highest // 3)
        if chosen.size:
            rows = [Image.fromarray(channel.ravel()[chosen][None]) for channel in channels]
            yield Image.merge("RGB", rows)


def _hue_counts(hue: Image.Image, mask: Image.Image) -> list[int]:
    return np.add.reduceat(hue.histogram(mask), HUE_BINS).tolist()


def _level_bits(level: int) -> list[bool]:
    """Return a level from 0 to 7 as ImageHash codes it: nearly, but not quite, in binary."""
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
    """Return the algorithm called `name`; ValueError lists the names there are."""
    try:
        return ALGORITHMS[name]
    except KeyError:
        names = ", ".join(repr(known) for known in ALGORITHMS)
        raise ValueError(f"Value for 'algorithm' must be one of: {names}, not {name!r}.") from None


def difference_steps(picture: View) -> tuple[np.ndarray, np.ndarray]:
    """
    Return how the difference hash of `picture` comes about.

    The first array is the gray picture of 8 rows and 9 columns (0-255), the second one the 8 by 8
    comparisons, true where a pixel is darker than its right neighbour: those are the bits.
    """
    gray = np.asarray(_small(picture, "difference").resize((9, 8), imagehash.ANTIALIAS))
    return gray, gray[:, 1:] > gray[:, :-1]
