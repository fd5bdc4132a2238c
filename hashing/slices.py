"""Many slices of an array at once."""

import numpy as np
import numpy.typing as npt


def ranges(begin: npt.NDArray[np.integer], end: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """
    Return the numbers of all half-open ranges begin:end, shape (n,) each, in one array.

    >>> ranges(np.array([3, 7, 7]), np.array([5, 7, 9])).tolist()
    [3, 4, 7, 8]
    """
    lengths = end - begin
    steps = np.ones(int(lengths.sum()), dtype=np.int64)
    filled = lengths > 0
    begin, end = begin[filled], end[filled]
    if len(begin):
        steps[0] = begin[0]
        steps[np.cumsum(lengths[filled])[:-1]] = begin[1:] - end[:-1] + 1
    return np.cumsum(steps)
