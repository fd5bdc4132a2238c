"""
How far two pictures agree where one lies on the other.

Both are sampled at the same places and compared in blocks. A block agrees if its pattern is the
same in both, whatever the brightness and contrast; plain blocks say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.keypoints.lattice import Gray, Lattice, Levels
from hashing.keypoints.placement import Affine
from hashing.keypoints.refinement import refined
from hashing.pictures import Preview

Blocks = npt.NDArray[np.int8]
"""1 where the pictures agree, -1 where they differ, 0 where they are plain: (rows, columns)."""

# Blocks along the long side of the part, and the pixels of a block along its side.
BLOCKS, BLOCK_PIXELS, FEWEST_PIXELS = 12, 8, 4
# The correlation from which a block agrees.
CORRELATION = 0.6
# A block is plain if its levels spread less than this, and less than this share of the picture's.
PLAIN_LEVELS, PLAIN_SHARE = 2.5, 0.12
COARSE = 32
COARSE_ROUNDS, FINE_ROUNDS = 5, 4


@dataclass(frozen=True, eq=False)
class Agreement:
    """
    The comparison of a part with the picture that it lies on.

    `affine` takes shares of the part to shares of the whole, as refined by the pixels. `levels`
    and `whole_levels` are both pictures at the same places, `inside` which places lie in both,
    shape (rows, columns) each, with `pixels` of them along the side of a block.
    """

    affine: Affine
    blocks: Blocks
    levels: Levels
    whole_levels: Levels
    inside: npt.NDArray[np.bool_]
    pixels: int

    @property
    def textured(self) -> int:
        """The number of blocks that are not plain."""
        return int(np.count_nonzero(self.blocks))

    @property
    def share(self) -> float:
        """The share of textured blocks that agree."""
        return float(np.count_nonzero(self.blocks == 1)) / max(1, self.textured)


def compare(part: Preview, whole: Preview, affine: Affine, is_negative: bool) -> Agreement:
    """Return how far `part` agrees with what lies under it if `affine` takes it to `whole`."""
    rows, columns, pixels = _layout(part, whole, affine)
    fine = _sampled(part, whole, affine, (rows * pixels, columns * pixels), is_negative)
    scale = min(1.0, COARSE / (max(rows, columns) * pixels))
    size = max(6, round(rows * pixels * scale)), max(6, round(columns * pixels * scale))
    coarse = _sampled(part, whole, affine, size, is_negative)
    better = refined(affine, coarse[0].levels, coarse[2], coarse[1], COARSE_ROUNDS)
    better = refined(better, fine[0].levels, fine[2], fine[1], FINE_ROUNDS)
    candidates = [_blocks_at(map_, *fine, pixels) for map_ in (affine, better)]
    return max(candidates, key=lambda one: int(one.blocks.sum()))


def _layout(part: Preview, whole: Preview, affine: Affine) -> tuple[int, int, int]:
    """Return rows and columns of blocks over the part, and the pixels along a block's side."""
    height, width = part.pixels.shape[:2]
    high, wide = whole.pixels.shape[:2]
    across = np.hypot(affine[0, 0] * wide, affine[1, 0] * high)
    down = np.hypot(affine[0, 1] * wide, affine[1, 1] * high)
    finest = min(max(width, height), max(across, down))  # pixels of the coarser picture
    long = BLOCKS if finest >= BLOCKS * FEWEST_PIXELS else max(3, int(finest / FEWEST_PIXELS))
    pixels = int(np.clip(finest / long, FEWEST_PIXELS, BLOCK_PIXELS))
    share = long / max(width, height)
    return max(2, round(height * share)), max(2, round(width * share)), pixels


def _sampled(
    part: Preview, whole: Preview, affine: Affine, size: tuple[int, int], is_negative: bool
) -> tuple[Gray, Gray, Lattice]:
    """Return the part at `size`, rows and columns, the whole at the same detail, the lattice."""
    rows, columns = size
    high, wide = whole.pixels.shape[:2]
    # How many of its own pixels of the whole there are for a place of the lattice.
    across = np.hypot(affine[0, 0] * wide, affine[1, 0] * high) / columns
    down = np.hypot(affine[0, 1] * wide, affine[1, 1] * high) / rows
    factor = max(1.0, float(np.sqrt(across * down)))
    small = max(2, round(wide / factor)), max(2, round(high / factor))
    lattice = Lattice.of(rows, columns)
    gray = Gray.of(part, (columns, rows), is_negative)
    if gray.levels.shape != (rows, columns):
        levels = gray.at(lattice.x, lattice.y).levels
        gray = Gray(levels, levels, levels)
    return gray, Gray.of(whole, small), lattice


def _blocks_at(affine: Affine, part: Gray, whole: Gray, lattice: Lattice, pixels: int) -> Agreement:
    samples = whole.at(*lattice.through(affine))
    ours, theirs = part.levels, samples.levels
    is_inside = _blocked(samples.inside.astype(np.float32), pixels).mean(axis=(1, 3)) > 0.9
    a, b = _blocked(ours, pixels), _blocked(theirs, pixels)
    a = a - a.mean(axis=(1, 3), keepdims=True)
    b = b - b.mean(axis=(1, 3), keepdims=True)
    spread_a, spread_b = (np.sqrt((one * one).mean(axis=(1, 3))) for one in (a, b))
    correlation = (a * b).mean(axis=(1, 3)) / (spread_a * spread_b + 1e-3)
    is_textured = is_inside & (_textured(spread_a, ours) | _textured(spread_b, theirs))
    agrees = np.where(correlation >= CORRELATION, 1, -1)
    blocks = np.where(is_textured, agrees, 0).astype(np.int8)
    return Agreement(affine, blocks, ours, theirs, samples.inside, pixels)


def _textured(spread: Levels, levels: Levels) -> npt.NDArray[np.bool_]:
    is_textured: npt.NDArray[np.bool_] = spread > max(
        PLAIN_LEVELS, PLAIN_SHARE * float(levels.std())
    )
    return is_textured


def _blocked(levels: Levels, pixels: int) -> npt.NDArray[np.float32]:
    """Return `levels` in blocks: shape (rows, pixels, columns, pixels)."""
    rows, columns = levels.shape[0] // pixels, levels.shape[1] // pixels
    return levels.reshape(rows, pixels, columns, pixels)
