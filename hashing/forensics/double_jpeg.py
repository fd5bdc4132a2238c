"""
Detection of double JPEG compression: whether a picture was saved before at a lower quality.

A JPEG stores the DCT coefficients of blocks of 8 by 8 pixels, each as a multiple of the step in
its quantisation table. If the picture is saved again, in any quality or format, its coefficients
still cluster around multiples of the earlier, coarser steps: J. Lukáš and J. Fridrich,
"Estimation of primary quantization matrix in double compressed JPEG images", DFRWS 2003. If it was
mirrored, turned or cropped in between, the earlier grid of blocks has another origin, one of 64:
T. Bianchi and A. Piva, "Detection of nonaligned double JPEG compression based on integer
periodicity maps", IEEE TIFS 7(2), 2012. Properties of the picture itself are the same at all 64
origins, so each origin is compared with the others.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hashing.pictures import jpeg_quality, standard_tables

Samples = npt.NDArray[np.float32]  # gray levels or coefficients
Numbers = npt.NDArray[np.float64]  # counts or means
Luma = npt.NDArray[np.uint8]

# The largest and the smallest side, in pixels, of the middle of the picture that is examined.
SIDE, LEAST_SIDE = 512, 64
# The coefficients that survive compression best, as vertical and horizontal frequency, and their
# directions: across, down, both. In nearly flat blocks, coefficients of one direction cluster by
# themselves, so all directions have to agree.
COEFFICIENTS = np.array(
    [(0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (3, 0), (1, 1), (1, 2), (2, 1)], dtype=np.int64
)
DIRECTIONS = np.repeat(np.arange(3), 3)
QUALITIES = np.arange(30, 98)
STEPS = np.arange(3, 80)
# Magnitudes are counted in whole levels below this one.
LEVELS = 256
# How much more the coefficients have to cluster than at other origins (from 0, not at all, to 1,
# exactly), and how many of them there have to be. Of 177 photographs saved at most once, none
# reach this; of 59 saved twice, 57 do, and two thirds of those mirrored or turned in between. The
# quality is within 3 of the true one except for brightened pictures.
CLUSTERED, FEWEST = 0.2, 300
# Qualities that are not this much lower than the file's own cannot be told from it: next to the
# origin of the file's own blocks, where its own steps show in a smooth picture, and elsewhere.
NEAREST_BESIDE, NEAREST = 10, 3
BESIDE = [8 * row + column for row in (0, 1, 7) for column in (0, 1, 7) if row or column]


def earlier_quality(luma: Luma, tables: Mapping[int, Sequence[int]] | None = None) -> int | None:
    """
    Return the estimated JPEG quality at which a picture was saved before, None if there is none.

    `luma` is the luminance as stored in the file, not turned upright, shape (height, width);
    `tables` are the quantisation tables of a JPEG by number, as Pillow has them. Only qualities
    lower than the file's own are found, and only of encoders that scale the standard's table.
    """
    middle = _middle(luma)
    if min(middle.shape) < LEAST_SIDE:
        return None
    maps = _coefficients(middle)
    clustering, counts = _clustering(_counts(maps))
    qualities = np.concatenate([QUALITIES, QUALITIES])
    if tables:
        # At the origin of the file's own blocks, coefficients are multiples of its own steps.
        own = _clustering(_counts(maps, _own_steps(tables)))
        clustering[:, 0], counts[:, 0] = own[0][:, 0], own[1][:, 0]
        nearest = np.full(64, NEAREST)
        nearest[BESIDE] = NEAREST_BESIDE
        clustering[qualities[:, None] > (jpeg_quality(tables) or 0) - nearest] = 0
    certainty = np.where(clustering >= CLUSTERED, clustering * np.sqrt(counts), 0)
    best, origin = np.unravel_index(certainty.argmax(), certainty.shape)
    return int(qualities[best]) if certainty[best, origin] else None


def _middle(luma: Luma) -> Samples:
    """Return the middle of the picture, beginning where a block of the file begins, around 0."""
    top, left = (max(0, (side - SIDE) // 16 * 8) for side in luma.shape)
    return luma[top : top + SIDE, left : left + SIDE].astype(np.float32) - 128


def _basis() -> Samples:
    """Return the orthonormal basis of the DCT-II of 8 samples, one row per frequency."""
    samples = np.arange(8)
    basis = np.cos((2 * samples + 1) * samples[:, None] * np.pi / 16) / 2
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


def _coefficients(luma: Samples) -> Samples:
    """Return the coefficients of the blocks that begin at each pixel, shape (9, rows, columns)."""
    windows = np.lib.stride_tricks.sliding_window_view
    basis = _basis()
    across = windows(luma, 8, axis=1) @ basis.T
    return np.stack(
        [windows(across[..., wide], 8, axis=0) @ basis[high] for high, wide in COEFFICIENTS]
    )


def _counts(maps: Samples, steps: Numbers | None = None) -> Numbers:
    """
    Return how often each magnitude occurs at each of 64 origins, shape (9, 64, LEVELS).

    With `steps`, shape (9,), magnitudes are first rounded to multiples of them.
    """
    rows, columns = maps.shape[1:]
    origins = np.arange(rows)[:, None] % 8 * 8 + np.arange(columns) % 8
    histograms = []
    for number, values in enumerate(np.abs(maps)):
        if steps is not None:
            values = np.rint(values / steps[number]) * steps[number]
        levels = np.minimum(np.rint(values), LEVELS - 1).astype(np.int64)
        histogram = np.bincount((origins * LEVELS + levels).ravel(), minlength=64 * LEVELS)
        histograms.append(histogram.reshape(64, LEVELS))
    return np.array(histograms, dtype=np.float64)


def _own_steps(tables: Mapping[int, Sequence[int]]) -> Numbers:
    """Return the quantisation steps of the luminance of the file itself, shape (9,)."""
    table = np.asarray(tables.get(0, next(iter(tables.values()))), dtype=np.float64)
    steps: Numbers = table.reshape(8, 8)[tuple(COEFFICIENTS.T)]
    return np.maximum(steps, 1)


def _clustering(counts: Numbers) -> tuple[Numbers, Numbers]:
    """
    Return how much more magnitudes cluster around multiples of steps than usual, and how many.

    Both have the shape (2 * qualities, 64): first for the standard's tables, then for their
    transposes, of pictures turned on their side. The measure is the mean cosine of magnitudes,
    with the step as period. Magnitudes nearer to zero than to the first step are left out.
    """
    levels = np.arange(LEVELS)
    is_counted = (levels >= STEPS[:, None] / 2) & (levels < LEVELS - 1)
    cosines = np.where(is_counted, np.cos(2 * np.pi * levels / STEPS[:, None]), 0)
    sums, totals = counts @ cosines.T, counts @ is_counted.T.astype(np.float64)
    tables = standard_tables()[QUALITIES - 1].reshape(-1, 8, 8)
    high, wide = COEFFICIENTS.T
    steps = np.concatenate([tables[:, high, wide], tables[:, wide, high]])
    weights, counted = _by_direction(sums, steps), _by_direction(totals, steps)
    by_direction = [_excess(*pair) for pair in zip(weights, counted, strict=True)]
    is_in_all = np.min(by_direction, axis=0) >= CLUSTERED / 2
    total = counted.sum(axis=0)
    overall = _excess(weights.sum(axis=0), total)
    return np.where(is_in_all & (total >= FEWEST), overall, 0), total


def _by_direction(sums: Numbers, steps: npt.NDArray[np.int64]) -> Numbers:
    """
    Return the sums of each direction at the steps of each table, shape (3, tables, 64).

    `sums` are those of each coefficient, origin and step, shape (9, 64, STEPS), and `steps` those
    of the tables, shape (tables, 9). Steps outside of STEPS do not count.
    """
    by_direction = np.zeros((3, len(steps), 64))
    for number, direction in enumerate(DIRECTIONS):
        table_steps = steps[:, number]
        counts = (table_steps >= STEPS[0]) & (table_steps <= STEPS[-1])
        by_direction[direction, counts] += sums[number][:, table_steps[counts] - STEPS[0]].T
    return by_direction


def _excess(weights: Numbers, counted: Numbers) -> Numbers:
    """Return how far the mean at each origin is above the median of the others' means."""
    means: Numbers = weights / np.maximum(counted, 1)
    medians: Numbers = np.median(means[:, 1:], axis=1, keepdims=True)
    return means - medians
