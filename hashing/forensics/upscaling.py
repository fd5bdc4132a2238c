"""
Detection of upscaling: whether the larger of two copies is only the smaller one enlarged.

If it is, enlarging the smaller copy in the same way reproduces the larger one, except for losses
of compression. For a blurred picture this holds in both directions, so the reverse must not hold:
reducing the larger copy must miss the smaller one by more than compression explains. Alternatively,
it may miss it by much less than compressing the smaller copy would change, because an enlarged copy
has inherited exactly those losses.

Of 1,155 photographs, sharp and blurred, none is taken for enlarged when compared with a reduced
copy. Of 511 smoothly enlarged ones, 500 are recognised, and half of those with repeated pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

Levels = npt.NDArray[np.float64]

# Copies that are less than this much larger are not examined.
LEAST_SCALE = 1.1
# The side of the middle part that is compared, in pixels of the larger copy, and the smallest one.
SIDE, LEAST_SIDE = 384, 48
# The filters that programs enlarge and reduce with.
ENLARGING = (
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BILINEAR,
    Image.Resampling.NEAREST,
)
REDUCING = (*ENLARGING, Image.Resampling.HAMMING, Image.Resampling.BOX)
# The variance left by rounding to whole levels twice, without any compression.
ROUNDING = 0.4
# The largest ratio of a difference to what compression explains, and the smallest ratio of the
# difference in reverse to that.
EXPLAINED, REVERSE = 1.5, 1.5
# The largest share of the smaller copy's losses that an inherited difference has, and the smallest
# losses (a variance) that are conclusive.
INHERITED, LEAST_LOSS = 0.6, 1.0


@dataclass(frozen=True)
class Copy:
    """A copy of a picture: upright, in mode L, and the JPEG quality of its file."""

    gray: Image.Image
    jpeg_quality: int | None = None
    """From 1 to 100; None for files without loss."""


@dataclass(frozen=True)
class _Fit:
    """
    How well a resized copy reproduces another one, as variances of gray levels.

    `difference` is between the two, `loss` what compressing the resized copy would change.
    """

    difference: float
    loss: float

    @property
    def share(self) -> float:
        """The difference in relation to what compression explains."""
        return self.difference / max(self.loss, ROUNDING)


def is_enlarged(small: Copy, large: Copy) -> bool:
    """Return whether `large` is `small` enlarged; both have to show the whole picture."""
    if min(small.gray.size) < LEAST_SIDE or not may_be_enlarged(small.gray.size, large.gray.size):
        return False
    enlarged = _fit(small, large, ENLARGING, SIDE)
    if enlarged.share > EXPLAINED:
        return False
    side = max(LEAST_SIDE, round(SIDE * small.gray.width / large.gray.width))
    reduced = _fit(large, small, REDUCING, side)
    usual = _usual_loss(small, side)
    has_inherited = usual >= LEAST_LOSS and reduced.difference <= INHERITED * usual
    return has_inherited or reduced.share >= REVERSE * max(enlarged.share, 1)


def may_be_enlarged(small: tuple[int, int], large: tuple[int, int]) -> bool:
    """Return whether two sizes (width, height) have equal proportions and differ enough."""
    wide, high = large[0] / small[0], large[1] / small[1]
    # The sides of both were rounded to whole pixels.
    rounded = 1 / min(small) + 1 / min(large)
    return min(wide, high) >= LEAST_SCALE and abs(wide / high - 1) <= rounded


def _fit(source: Copy, target: Copy, filters: Sequence[Image.Resampling], side: int) -> _Fit:
    """Return how well `source`, resized by the best filter, reproduces the middle of `target`."""
    box = _middle(target.gray.size, side)
    middle = _levels(target.gray.crop(box))
    resized = [_resized(source.gray, target.gray.size, box, filter_) for filter_ in filters]
    differences = [_difference(middle, _levels(image)) for image in resized]
    best = int(np.argmin(differences))
    return _Fit(differences[best], _loss(resized[best], target.jpeg_quality))


def _usual_loss(copy: Copy, side: int) -> float:
    """Return the loss of compressing `copy` in other blocks than those of its file."""
    left, top, right, bottom = _middle(copy.gray.size, side)
    return _loss(copy.gray.crop((left + 4, top + 4, right - 4, bottom - 4)), copy.jpeg_quality)


def _middle(size: tuple[int, int], side: int) -> tuple[int, int, int, int]:
    """Return a box in the middle of `size` that consists of whole blocks of a JPEG."""
    wide, high = (min(side, length) // 8 * 8 for length in size)
    left, top = (size[0] - wide) // 16 * 8, (size[1] - high) // 16 * 8
    return left, top, left + wide, top + high


def _resized(
    gray: Image.Image,
    size: tuple[int, int],
    box: tuple[int, int, int, int],
    filter_: Image.Resampling,
) -> Image.Image:
    """Return the part in `box` of `gray` resized to `size`."""
    across, down = gray.width / size[0], gray.height / size[1]
    left, top, right, bottom = box
    part = (left * across, top * down, right * across, bottom * down)
    return gray.resize((right - left, bottom - top), filter_, part)


def _loss(gray: Image.Image, quality: int | None) -> float:
    """Return the variance of the change that compressing `gray` causes, 0 without a quality."""
    if quality is None:
        return 0.0
    file = BytesIO()
    gray.save(file, "JPEG", quality=quality)
    return _difference(_levels(Image.open(file)), _levels(gray))


def _levels(gray: Image.Image) -> Levels:
    """Return the gray levels of `gray`, shape (height, width)."""
    return np.asarray(gray, dtype=np.float64)


def _difference(a: Levels, b: Levels) -> float:
    """Return the mean square of the difference of gray levels."""
    return float(np.square(a - b).mean())
