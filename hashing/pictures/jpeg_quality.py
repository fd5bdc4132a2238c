"""
The quality of a JPEG, estimated from its quantisation tables.

Encoders scale the luminance table of the standard (ITU-T T.81, annex K.1) by a quality from 1 to
100, as jpeg_set_quality() of the Independent JPEG Group's libjpeg does.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

# The luminance table, row by row.
_STANDARD = np.array(
    [
        *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
    ]
)
_QUALITIES = np.arange(1, 101)


def standard_tables() -> npt.NDArray[np.int64]:
    """Return the luminance table of each quality from 1 to 100, row by row: shape (100, 64)."""
    percent = np.where(_QUALITIES < 50, 5000 // _QUALITIES, 200 - 2 * _QUALITIES)
    scaled: npt.NDArray[np.int64] = (_STANDARD * percent[:, None] + 50) // 100
    return np.clip(scaled, 1, 255)


# Only sums are compared, because versions of Pillow differ in the order of a table's entries.
_SUMS = standard_tables().sum(axis=1)


def jpeg_quality(tables: Mapping[int, Sequence[int]] | None) -> int | None:
    """
    Return the quality, 1 to 100, whose standard luminance table is nearest to that of a file.

    `tables` are the file's quantisation tables by number, as Pillow has them. The quality is exact
    for encoders that scale the standard's table, and an estimate for others. Without tables it is
    None.
    """
    if not tables:
        return None
    table = np.asarray(tables.get(0, next(iter(tables.values()))), dtype=np.int64)
    return int(_QUALITIES[np.abs(_SUMS - table.sum()).argmin()])
