"""
Whether the larger of two copies of a picture is the smaller one enlarged, and shows no more.

Enlarged again in the same way, the smaller copy must give the larger one, but for what compressing
that takes. Of a blurred picture either follows from the other. So the reverse must not hold: the
larger copy, reduced, misses the smaller one by more than compression explains; or by less, because
it has the losses of the smaller copy already, which that of an original has not.

Of 1,155 photographs, sharp and blurred, none passes for enlarged beside a reduced copy; of 511
smoothly enlarged ones 500 do, and half of those with repeated pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

Levels = npt.NDArray[np.float64]

# Copies that are hardly larger have no more to show anyway.
LEAST_SCALE = 1.1
# The side of the part in the middle that is compared, in pixels of the larger copy, and the least.
SIDE, LEAST_SIDE = 384, 48
# How programs enlarge and reduce.
ENLARGING = (
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BILINEAR,
    Image.Resampling.NEAREST,
)
REDUCING = (*ENLARGING, Image.Resampling.HAMMING, Image.Resampling.BOX)
# The variance that rounding to whole levels, twice, leaves where there is no compression.
ROUNDING = 0.4
# How much more may differ than compression explains, and how much worse the reverse has to be.
EXPLAINED, REVERSE = 1.5, 1.5
# What of the losses of the smaller copy may be left, and the least losses that tell anything.
LEFT, LEAST_LOSS = 0.6, 1.0


@dataclass(frozen=True)
class Copy:
    """A copy of a picture: upright, in mode L, and the quality that it was compressed with."""

    gray: Image.Image
    jpeg_quality: int | None = None
    """From 1 to 100; None for what was not compressed with losses."""


@dataclass(frozen=True)
class _Fit:
    """How well a copy, resized, gives another one: variances of what differs, and of the losses."""

    rest: float
    loss: float

    @property
    def share(self) -> float:
        return self.rest / max(self.loss, ROUNDING)


def is_enlarged(small: Copy, large: Copy) -> bool:
    """Tell whether `large` is `small` enlarged; both show the same picture whole."""
    if min(small.gray.size) < LEAST_SIDE or not may_be_enlarged(small.gray.size, large.gray.size):
        return False
    enlarged = _fit(small, large, ENLARGING, SIDE)
    if enlarged.share > EXPLAINED:
        return False
    side = max(LEAST_SIDE, round(SIDE * small.gray.width / large.gray.width))
    reduced = _fit(large, small, REDUCING, side)
    usual = _usual_loss(small, side)
    has_losses = usual >= LEAST_LOSS and reduced.rest <= LEFT * usual
    return has_losses or reduced.share >= REVERSE * max(enlarged.share, 1)


def may_be_enlarged(small: tuple[int, int], large: tuple[int, int]) -> bool:
    """Tell whether sizes, width and height, have the same proportions and are far enough apart."""
    wide, high = large[0] / small[0], large[1] / small[1]
    # The sides of either were rounded to whole pixels.
    rounded = 1 / min(small) + 1 / min(large)
    return min(wide, high) >= LEAST_SCALE and abs(wide / high - 1) <= rounded


def _fit(source: Copy, target: Copy, filters: Sequence[Image.Resampling], side: int) -> _Fit:
    """Return how well `source`, resized by the best of `filters`, gives the middle of `target`."""
    box = _middle(target.gray.size, side)
    wanted = np.asarray(target.gray.crop(box), dtype=np.float64)
    tried = [_resized(source.gray, target.gray.size, box, filter_) for filter_ in filters]
    rests = [_difference(wanted, np.asarray(one, dtype=np.float64)) for one in tried]
    best = int(np.argmin(rests))
    return _Fit(rests[best], _loss(tried[best], target.jpeg_quality))


def _usual_loss(copy: Copy, side: int) -> float:
    """Return what compressing `copy` takes where it was not compressed in the same blocks."""
    left, top, right, bottom = _middle(copy.gray.size, side)
    return _loss(copy.gray.crop((left + 4, top + 4, right - 4, bottom - 4)), copy.jpeg_quality)


def _middle(size: tuple[int, int], side: int) -> tuple[int, int, int, int]:
    """Return a box in the middle of `size` that begins and ends where blocks of a JPEG do."""
    wide, high = (min(side, length) // 8 * 8 for length in size)
    left, top = (size[0] - wide) // 16 * 8, (size[1] - high) // 16 * 8
    return left, top, left + wide, top + high


def _resized(
    gray: Image.Image,
    size: tuple[int, int],
    box: tuple[int, int, int, int],
    filter_: Image.Resampling,
) -> Image.Image:
    """Return what lies in `box` of `gray` resized to `size`."""
    across, down = gray.width / size[0], gray.height / size[1]
    left, top, right, bottom = box
    part = (left * across, top * down, right * across, bottom * down)
    return gray.resize((right - left, bottom - top), filter_, part)


def _loss(gray: Image.Image, quality: int | None) -> float:
    """Return the variance of what compressing `gray` takes from it."""
    if quality is None:
        return 0.0
    file = BytesIO()
    gray.save(file, "JPEG", quality=quality)
    saved = np.asarray(Image.open(file), dtype=np.float64)
    return _difference(saved, np.asarray(gray, dtype=np.float64))


def _difference(a: Levels, b: Levels) -> float:
    return float(np.square(a - b).mean())
