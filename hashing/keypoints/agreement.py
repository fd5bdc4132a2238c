"""
How far two pictures agree where one lies on the other.

Both are sampled at the same places and compared in blocks. A block agrees if its pattern is the
same in both, whatever the brightness and contrast; plain blocks say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hashing.keypoints.lattice import Floats, Gray, Lattice, Levels, Mask
from hashing.keypoints.projection import MIRROR, Projection
from hashing.keypoints.refinement import AFFINE, PROJECTIVE, Template
from hashing.pictures import Preview

Blocks = npt.NDArray[np.int8]
"""1 where the pictures agree, -1 where they differ, 0 where they are plain: (rows, columns)."""

# Blocks along the long side of the part, and the pixels of a block along its side.
BLOCKS, BLOCK_PIXELS, FEWEST_PIXELS = 12, 8, 4
# The correlation from which a block agrees.
CORRELATION = 0.6
# A block is plain if its levels spread less than this, and less than this share of the picture's.
PLAIN_LEVELS, PLAIN_SHARE = 2.5, 0.12
# Letters are brighter or darker than this, and differ so much from what the other picture shows;
# this share of a block has to be seen beside them.
BRIGHTEST, DARKEST, UNLIKE_LEVELS, FEWEST_SEEN = 225, 10, 48, 0.35
# The first and the last alignment are of so many places along the long side. If pictures correlate
# less than UNLIKE after the first one, the part is not there.
COARSE, FINE, UNLIKE = 32, 64, 0.1
COARSE_ROUNDS, FINE_ROUNDS, PROJECTIVE_ROUNDS = 6, 3, 10
# A map counts as nearly unmoved if no number of it differs by more than this from those of a
# picture that did not move. A simpler map is taken if it is worse by no more than this share of the
# blocks; otherwise what was laid on one of the pictures would be stretched into place.
NEARLY_UNMOVED, SIMPLER = 0.12, 0.03


@dataclass(frozen=True, eq=False)
class Agreement:
    """
    The comparison of a part with the picture that it lies on.

    `projection` takes shares of the part to shares of the whole, as refined by the pixels.
    `levels` and `whole_levels` are both pictures at the same places, `inside` which places lie in
    both, shape (rows, columns) each, with `pixels` of them along the side of a block.
    """

    projection: Projection
    blocks: Blocks
    levels: Levels
    whole_levels: Levels
    inside: Mask
    pixels: int


@dataclass(frozen=True, eq=False)
class _Pair:
    """A part sampled at a lattice, and a whole that has about as much detail."""

    lattice: Lattice
    levels: Levels
    whole: Gray

    @cached_property
    def template(self) -> Template:
        """The part as it is aligned."""
        return Template.of(self.lattice, self.levels)


def compare(
    part: Preview, whole: Preview, projection: Projection, is_negative: bool
) -> Agreement | None:
    """
    Return how far `part` agrees with what lies under it if `projection` takes it to `whole`.

    None if they are not alike at all.
    """
    rows, columns, pixels = _layout(part, whole, projection)
    size = rows * pixels, columns * pixels
    coarse = _pair(part, whole, projection, _reduced(size, COARSE), is_negative)
    better = coarse.template.refined(projection, coarse.whole, COARSE_ROUNDS, AFFINE)
    if max(_correlation(coarse, one) for one in (projection, better)) < UNLIKE:
        return None
    fine = _pair(part, whole, projection, _reduced(size, FINE), is_negative)
    better = fine.template.refined(better, fine.whole, FINE_ROUNDS, AFFINE)
    best = fine.template.refined(better, fine.whole, PROJECTIVE_ROUNDS, PROJECTIVE)
    full = _pair(part, whole, projection, size, is_negative)
    return _simplest([_compared(full, one, pixels) for one in _maps(projection, better, best)])


def _maps(projection: Projection, *refined: Projection) -> list[Projection]:
    """Return maps in the order of preference: a picture that did not move, refined ones, others."""
    unmoved = [
        still for still in (np.eye(3), MIRROR) if np.abs(refined[0] - still).max() < NEARLY_UNMOVED
    ]
    return [*unmoved, *refined, projection]


def _simplest(found: list[Agreement]) -> Agreement:
    """Return the best agreement, or a simpler one that is nearly as good."""
    enough = max(_score(one) for one in found) - SIMPLER * found[0].blocks.size
    return next(one for one in found if _score(one) >= enough)


def _score(agreement: Agreement) -> int:
    """Return by how many the blocks that agree outnumber those that differ."""
    return int(agreement.blocks.sum())


def _reduced(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """Return `size` with at most `long_side` places along the long side."""
    scale = min(1.0, long_side / max(size))
    return max(6, round(size[0] * scale)), max(6, round(size[1] * scale))


def _layout(part: Preview, whole: Preview, projection: Projection) -> tuple[int, int, int]:
    """Return rows and columns of blocks over the part, and the pixels along a block's side."""
    height, width = part.pixels.shape[:2]
    finest = min(max(width, height), *_extent(whole, projection))  # pixels of the coarser picture
    long = BLOCKS if finest >= BLOCKS * FEWEST_PIXELS else max(3, int(finest / FEWEST_PIXELS))
    pixels = int(np.clip(finest / long, FEWEST_PIXELS, BLOCK_PIXELS))
    share = long / max(width, height)
    return max(2, round(height * share)), max(2, round(width * share)), pixels


def _extent(whole: Preview, projection: Projection) -> tuple[float, float]:
    """Return how long the sides of the part are on `whole`, in its pixels."""
    high, wide = whole.pixels.shape[:2]
    across = np.hypot(projection[0, 0] * wide, projection[1, 0] * high)
    down = np.hypot(projection[0, 1] * wide, projection[1, 1] * high)
    return float(across), float(down)


def _pair(
    part: Preview, whole: Preview, projection: Projection, size: tuple[int, int], is_negative: bool
) -> _Pair:
    """Return the part at `size`, rows and columns, and the whole with as much detail."""
    rows, columns = size
    high, wide = whole.pixels.shape[:2]
    across, down = _extent(whole, projection)
    factor = max(1.0, float(np.sqrt(across / columns * down / rows)))
    small = max(2, round(wide / factor)), max(2, round(high / factor))
    lattice = Lattice.of(rows, columns)
    gray = Gray.of(part, (columns, rows))
    is_exact = gray.levels.shape == (rows, columns)
    levels = gray.levels if is_exact else gray.at(lattice.x, lattice.y)[0]
    if is_negative:
        levels = 255 - levels
    return _Pair(lattice, levels, Gray.of(whole, small))


def _correlation(pair: _Pair, projection: Projection) -> float:
    """Return the correlation of both pictures over all that they share."""
    values, inside = pair.whole.at(*pair.lattice.through(projection))
    ours, theirs = pair.levels[inside], values[inside]
    if len(ours) < 2:
        return 0.0
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    spread = float(np.sqrt((ours * ours).sum() * (theirs * theirs).sum()))
    return float((ours * theirs).sum()) / max(spread, 1e-3)


def _compared(pair: _Pair, projection: Projection, pixels: int) -> Agreement:
    ours = pair.levels
    theirs, inside = pair.whole.at(*pair.lattice.through(projection))
    weights = in_blocks((inside & ~_lettered(ours, theirs)).astype(np.float32), pixels)
    seen = weights.mean(axis=(1, 3))
    (a, spread_a), (b, spread_b) = (_centred(one, weights, pixels) for one in (ours, theirs))
    shared = (weights * a * b).mean(axis=(1, 3)) / np.maximum(seen, 1e-3)
    correlation = shared / (spread_a * spread_b + 1e-3)
    is_inside = in_blocks(inside.astype(np.float32), pixels).mean(axis=(1, 3)) > 0.9
    is_hidden = seen < FEWEST_SEEN
    is_textured = is_inside & (is_hidden | _textured(spread_a, ours) | _textured(spread_b, theirs))
    agrees = np.where((correlation >= CORRELATION) & ~is_hidden, 1, -1)
    blocks = np.where(is_textured, agrees, 0).astype(np.int8)
    return Agreement(projection, blocks, ours, theirs, inside, pixels)


def _lettered(ours: Levels, theirs: Levels) -> Mask:
    """
    Return where only one picture is white or black, as letters are, and next to that.

    The pattern of a block counts between the letters that were written on one of the pictures.
    """
    gain = float(ours.std()) / max(1.0, float(theirs.std()))
    offset = float(np.median(ours[::3, ::3] - gain * theirs[::3, ::3]))
    marks = [(one > BRIGHTEST) | (one < DARKEST) for one in (ours, theirs)]
    lettered = (marks[0] ^ marks[1]) & (np.abs(ours - gain * theirs - offset) > UNLIKE_LEVELS)
    wide = lettered.copy()
    wide[1:] |= lettered[:-1]
    wide[:-1] |= lettered[1:]
    wide[:, 1:] |= lettered[:, :-1]
    wide[:, :-1] |= lettered[:, 1:]
    return wide


def in_blocks(levels: Floats, pixels: int) -> Floats:
    """Return `levels` in blocks: shape (rows, pixels, columns, pixels)."""
    return levels.reshape(levels.shape[0] // pixels, pixels, levels.shape[1] // pixels, pixels)


def _centred(levels: Levels, weights: Floats, pixels: int) -> tuple[Floats, Floats]:
    """Return the levels of blocks less their means, and the spread of each block."""
    blocks = in_blocks(levels, pixels)
    total = np.maximum(weights.sum(axis=(1, 3), keepdims=True), 1e-3)
    centred = blocks - (weights * blocks).sum(axis=(1, 3), keepdims=True) / total
    variance = (weights * centred * centred).sum(axis=(1, 3), keepdims=True) / total
    return centred, np.sqrt(variance[:, 0, :, 0])


def _textured(spread: Floats, levels: Levels) -> Mask:
    is_textured: Mask = spread > max(PLAIN_LEVELS, PLAIN_SHARE * float(levels.std()))
    return is_textured
