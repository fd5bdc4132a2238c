"""How strongly a JPEG was compressed, as far as its quantisation tables tell."""

from collections.abc import Mapping, Sequence

import numpy as np

# The luminance table of the JPEG standard (ITU T.81, annex K), row by row, which encoders scale
# by quality as the Independent JPEG Group's library does. Only its sum is compared, because the
# order in which tables come differs between versions of Pillow.
_STANDARD = np.array(
    [
        *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
    ]
)
_QUALITIES = np.arange(1, 101)


def standard_tables() -> np.ndarray:
    """Return the standard's luminance table at each quality from 1, row by row: shape (100, 64)."""
    percent = np.where(_QUALITIES < 50, 5000 // _QUALITIES, 200 - 2 * _QUALITIES)
    return np.clip((_STANDARD * percent[:, None] + 50) // 100, 1, 255)


_SUMS = standard_tables().sum(axis=1)


def jpeg_quality(tables: Mapping[int, Sequence[int]] | None) -> int | None:
    """
    Return the quality, from 1 to 100, whose standard luminance table is nearest to the file's.

    Exact for encoders that scale the standard's table, a likeness for all others. None without
    a table.
    """
    if not tables:
        return None
    table = np.asarray(tables.get(0, next(iter(tables.values()))), dtype=np.int64)
    return int(_QUALITIES[np.abs(_SUMS - table.sum()).argmin()])
