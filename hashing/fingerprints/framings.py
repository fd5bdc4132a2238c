"""
The picture inside its frame, and the picture turned: what the same picture may have undergone.

Pictures come back with a white border, in a letterbox, under a caption, as a screenshot,
mirrored or turned. A framing is a way to cut the bars around a picture; what it leaves is hashed
as well. Turns need no pixels: mirroring a picture changes the sign of every other coefficient of
its cosine transform, and a quarter turn swaps rows and columns besides, so the hash of the turned
picture follows from the bits of the hash.
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

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels, as Pillow has it
Pixels = npt.NDArray[np.uint8]

# Raised when the same picture gets another box.
VERSION = 1

# Bars are looked for in pictures reduced to a short side of at least this many pixels.
SHORT_SIDE = 256
# What is less of the picture than this is a speck on plain ground, not a picture in a frame.
SMALLEST_SHARE = 0.08
# Below this spread of gray levels a hash tells noise, not a picture: black, white and green
# squares all share a few values. Real photographs lie well above.
FLAT_DEVIATION = 5.0
# A round cuts one bar on every side, and there are frames within frames.
ROUNDS = 3


class Framing(StrEnum):
    """Which part of a picture is hashed."""

    WHOLE = "whole"
    UNFRAMED = "unframed"  # bars of one colour cut: borders, letterboxes
    UNCAPTIONED = "uncaptioned"  # bars with text on plain ground cut too


class View(Protocol):
    """What algorithms look at: a picture, or the part of one inside its frame."""

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
    """The part of `whole` inside `box`, which counts in pixels of `whole.gray`."""

    whole: View
    box: Box

    @property
    def is_reduced(self) -> bool:
        return self.whole.is_reduced

    @property
    def reduced(self) -> None:
        """None: few pictures have a frame, and each has a box of its own."""

    @cached_property
    def gray(self) -> Image.Image:
        return self.whole.gray.crop(self.box)

    @cached_property
    def image(self) -> Image.Image:
        image, gray = self.whole.image, self.whole.gray
        across, down = image.width / gray.width, image.height / gray.height
        left, top, right, bottom = self.box
        return image.crop(
            (round(left * across), round(top * down), round(right * across), round(bottom * down))
        )


def views(picture: View, framings: Collection[Framing]) -> dict[Framing, View]:
    """Return `picture` in those of `framings` that cut something of it, and whole if asked."""
    found: dict[Framing, View] = {Framing.WHOLE: picture}
    if set(framings) - {Framing.WHOLE}:
        found |= {name: FramedView(picture, box) for name, box in boxes(picture.gray).items()}
    return {name: view for name, view in found.items() if name in framings}


@dataclass(frozen=True)
class _Rule:
    """
    A line belongs to a bar if `share` of its pixels are within `spread` of the bar's colour.

    A bar ends at an edge: in the lines after it the share is at most `after`. What thins out
    slowly is a dark corner or a pale sky, and cut elsewhere in every copy.
    """

    share: float
    spread: int
    after: float


_PLAIN = _Rule(share=0.97, spread=7, after=0.9)
_RULES = {
    Framing.UNFRAMED: _PLAIN,
    Framing.UNCAPTIONED: _Rule(share=0.5, spread=10, after=0.3),
}
# Lines that are looked at after a bar, past the one that a reduction blends with it.
LINES_AFTER = 3


def boxes(gray: Image.Image) -> dict[Framing, Box]:
    """
    Return the framings that cut something of `gray`, in mode L, and what each one leaves.

    A framing that leaves next to nothing, or no more than a flat picture, or what the one before
    it left, is absent.
    """
    factor = max(1, min(gray.size) // SHORT_SIDE)
    pixels = np.asarray(gray.reduce(factor) if factor > 1 else gray)
    found: dict[Framing, Box] = {}
    last = (0, 0, pixels.shape[1], pixels.shape[0])
    for framing, rule in _RULES.items():
        box = _inside(pixels, rule)
        if box == last or _area(box) < SMALLEST_SHARE * pixels.size:
            continue
        last = box
        left, top, right, bottom = (factor * side for side in box)
        inside = (left, top, min(right, gray.width), min(bottom, gray.height))
        if is_picture(gray, inside):
            found[framing] = inside
    return found


def is_picture(gray: Image.Image, box: Box | None = None) -> bool:
    """Tell whether there is more inside `box` than one colour, or a pattern too fine to hash."""
    small = np.asarray(gray.resize((64, 64), Image.Resampling.BOX, box, 2.0), dtype=np.float32)
    return float(small.std()) >= FLAT_DEVIATION


def _area(box: Box) -> int:
    left, top, right, bottom = box
    return max(0, right - left) * max(0, bottom - top)


def _inside(pixels: Pixels, rule: _Rule) -> Box:
    """Return what is left when bars are cut on all sides; an empty box if nothing is."""
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
    """Return how many lines, from the first one on, are a bar; it begins with a plain line."""
    if not lines.size:
        return 0
    colour = int(np.median(lines[0]))
    if _share(lines[:1], colour, _PLAIN.spread)[0] < _PLAIN.share:
        return 0
    for tried in dict.fromkeys((rule, _PLAIN)):
        shares = _share(lines, colour, tried.spread)
        others = np.flatnonzero(shares < tried.share)
        end = int(others[0]) if len(others) else len(lines)
        after = shares[end + 1 : end + 1 + LINES_AFTER]
        if not len(after) or after.mean() <= tried.after:
            return end
    return 0


def _share(lines: Pixels, colour: int, spread: int) -> npt.NDArray[np.float64]:
    """Return for each line how much of it is within `spread` of `colour`."""
    lowest, highest = max(0, colour - spread), min(255, colour + spread)
    # What is below the lowest wraps around to the top: one comparison instead of two.
    return (lines - np.uint8(lowest) <= highest - lowest).mean(axis=1)
