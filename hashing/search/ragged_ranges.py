"""Many slices of an array at once."""

import numpy as np
import numpy.typing as npt


def ranges(begin: npt.NDArray[np.integer], end: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """
    Return the numbers of all half-open ranges begin:end, shape (n,) each, in one array.

    >>> ranges(np.array([3, 7, 7]), np.array([5, 7, 9])).tolist()
    [3, 4, 7, 8]
    """
    return runs(begin, end - begin)


def runs(begin: npt.NDArray[np.integer], lengths: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """
    Return the numbers from each `begin` on, as many as its length says, in one array.

    >>> runs(np.array([3, 7, 7]), np.array([2, 0, 2])).tolist()
    [3, 4, 7, 8]
    """
    numbers = (begin - lengths.cumsum() + lengths).repeat(lengths)
    numbers += np.arange(len(numbers))
    return numbers
