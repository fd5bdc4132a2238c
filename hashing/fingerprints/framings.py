"""
Framings: ways to cut off the bars around a picture before it is hashed.

Copies of a picture often have a white border, a letterbox, a caption or the bars of a screenshot.
The picture inside them is hashed too, so that it can be compared with the original.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.pictures import ReducedGray

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels, as in Pillow
Pixels = npt.NDArray[np.uint8]  # gray levels, shape (rows, columns)

# To be raised when the same picture gets another box.
VERSION = 1

# Bars are searched for in a picture reduced to a short side of at least this many pixels.
SHORT_SIDE = 256
# The smallest share of the area that can be a picture in a frame; less is a speck on plain ground.
SMALLEST_SHARE = 0.08
# Below this standard deviation of gray levels (0-255), a hash describes noise: all pictures of one
# colour share a few values. Photographs are well above.
FLAT_DEVIATION = 5.0
# Each round cuts one bar on every side; frames can be within frames.
ROUNDS = 3


class Framing(StrEnum):
    """Which part of a picture is hashed."""

    WHOLE = "whole"
    UNFRAMED = "unframed"  # without bars of one colour: borders, letterboxes
    UNCAPTIONED = "uncaptioned"  # without bars of text on plain ground either


class View(Protocol):
    """A picture, or the part of it inside its frame, as algorithms need it."""

    @property
    def image(self) -> Image.Image: ...
    @property
    def gray(self) -> Image.Image: ...
    @property
    def is_reduced(self) -> bool: ...
    @property
    def reduced(self) -> ReducedGray | None: ...


@dataclass(frozen=True)
class FramedView:
    """The part of `whole` inside `box`, in pixels of `whole.gray`."""

    whole: View
    box: Box

    @property
    def is_reduced(self) -> bool:
        """Whether hashes are computed from fewer pixels than the file has."""
        return self.whole.is_reduced

    @property
    def reduced(self) -> None:
        """None, because few pictures have a frame, and each has another box to resample."""

    @cached_property
    def gray(self) -> Image.Image:
        """The luminance inside the frame, in mode L."""
        return self.whole.gray.crop(self.box)

    @cached_property
    def image(self) -> Image.Image:
        """The picture inside the frame, in RGB."""
        image, gray = self.whole.image, self.whole.gray
        across, down = image.width / gray.width, image.height / gray.height
        left, top, right, bottom = self.box
        return image.crop(
            (round(left * across), round(top * down), round(right * across), round(bottom * down))
        )


def views(picture: View, framings: Collection[Framing]) -> dict[Framing, View]:
    """
    Return the views of `picture` in each of `framings`.

    Framings that would cut nothing off are left out, except the whole picture.
    """
    every: dict[Framing, View] = {Framing.WHOLE: picture}
    if set(framings) - {Framing.WHOLE}:
        every |= {framing: FramedView(picture, box) for framing, box in boxes(picture.gray).items()}
    return {framing: view for framing, view in every.items() if framing in framings}


@dataclass(frozen=True)
class _Rule:
    """
    The rule that decides which lines belong to a bar.

    In those lines, at least `share` of the pixels are within `spread` gray levels of the bar's
    colour. A bar ends at an edge: in the lines after it, the share is at most `after`. Where it
    decreases slowly, it is a dark corner or a pale sky, which every copy would cut elsewhere.
    """

    share: float
    spread: int
    after: float


_PLAIN = _Rule(share=0.97, spread=7, after=0.9)
_RULES = {
    Framing.UNFRAMED: _PLAIN,
    Framing.UNCAPTIONED: _Rule(share=0.5, spread=10, after=0.3),
}
# Lines examined after a bar, beyond the one that reducing the picture blends with it.
LINES_AFTER = 3


def boxes(gray: Image.Image) -> dict[Framing, Box]:
    """
    Return the box that each framing leaves of `gray`, a picture in mode L.

    Framings that cut nothing off are left out, and so are those that leave a speck, a flat picture,
    or the same as the framing before them.
    """
    factor = max(1, min(gray.size) // SHORT_SIDE)
    pixels = np.asarray(gray.reduce(factor) if factor > 1 else gray)
    by_framing: dict[Framing, Box] = {}
    last = (0, 0, pixels.shape[1], pixels.shape[0])
    for framing, rule in _RULES.items():
        box = _inside(pixels, rule)
        if box == last or _area(box) < SMALLEST_SHARE * pixels.size:
            continue
        last = box
        left, top, right, bottom = (factor * side for side in box)
        inside = (left, top, min(right, gray.width), min(bottom, gray.height))
        if is_picture(gray, inside):
            by_framing[framing] = inside
    return by_framing


def is_picture(gray: Image.Image, box: Box | None = None) -> bool:
    """Return whether there is enough detail inside `box` of `gray` to hash it."""
    small = np.asarray(gray.resize((64, 64), Image.Resampling.BOX, box, 2.0), dtype=np.float32)
    return float(small.std()) >= FLAT_DEVIATION


def _area(box: Box) -> int:
    left, top, right, bottom = box
    return max(0, right - left) * max(0, bottom - top)


def _inside(pixels: Pixels, rule: _Rule) -> Box:
    """Return the box that is left after cutting bars off on all sides; it may be empty."""
    left, top, right, bottom = 0, 0, pixels.shape[1], pixels.shape[0]
    for _ in range(ROUNDS):
        before = (left, top, right, bottom)
        top += _bar(pixels[top:bottom, left:right], rule)
        bottom -= _bar(pixels[top:bottom, left:right][::-1], rule)
        left += _bar(pixels[top:bottom, left:right].T, rule)
        right -= _bar(pixels[top:bottom, left:right].T[::-1], rule)
        if (left, top, right, bottom) == before:
            break
    return left, top, right, bottom


def _bar(lines: Pixels, rule: _Rule) -> int:
    """Return how many of the first `lines` are a bar, which has to begin with a plain line."""
    if not lines.size:
        return 0
    colour = int(np.median(lines[0]))
    if _share(lines[:1], colour, _PLAIN.spread)[0] < _PLAIN.share:
        return 0
    for tried in dict.fromkeys((rule, _PLAIN)):
        shares = _share(lines, colour, tried.spread)
        beyond = np.flatnonzero(shares < tried.share)
        end = int(beyond[0]) if len(beyond) else len(lines)
        after = shares[end + 1 : end + 1 + LINES_AFTER]
        if not len(after) or after.mean() <= tried.after:
            return end
    return 0


def _share(lines: Pixels, colour: int, spread: int) -> npt.NDArray[np.float64]:
    """Return the share of each line's pixels within `spread` of `colour`, shape (lines,)."""
    lowest, highest = max(0, colour - spread), min(255, colour + spread)
    # Levels below the lowest wrap around to the top, which saves a comparison.
    is_near: npt.NDArray[np.bool_] = lines - np.uint8(lowest) <= highest - lowest
    shares: npt.NDArray[np.float64] = is_near.mean(axis=1)
    return shares
