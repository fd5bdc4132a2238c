"""Positions of many slices of an array at once."""

import numpy as np
import numpy.typing as npt

from hashing.search.arrays import Positions

Integers = npt.NDArray[np.integer]


def ranges(begin: Integers, end: Integers) -> Positions:
    """
    Concatenate `arange(b, e)` for each b of `begin` and e of `end`, both of shape (n,).

    >>> ranges(np.array([3, 7, 7]), np.array([5, 7, 9])).tolist()
    [3, 4, 7, 8]
    """
    return runs(begin, end - begin)


def runs(begin: Integers, lengths: Integers) -> Positions:
    """
    Concatenate `arange(b, b + n)` for each b of `begin` and n of `lengths`, both of shape (n,).

    >>> runs(np.array([3, 7, 7]), np.array([2, 0, 2])).tolist()
    [3, 4, 7, 8]
    """
    numbers: Positions = (begin - lengths.cumsum() + lengths).repeat(lengths)
    numbers += np.arange(len(numbers))
    return numbers
