"""Array types of this package, and the distinct values of an array of hashes."""

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
"""Hashes of up to 64 bits, shape (n,), or wider ones, shape (n, words), highest word first."""

Keys = npt.NDArray[np.int64]
"""Primary keys of the rows that the hashes belong to, shape (n,)."""

Positions = npt.NDArray[np.int64]
"""Positions in another array, or lengths of its slices, shape (n,)."""

Positions32 = npt.NDArray[np.int32]
"""Positions in an array of fewer than 2**31 items, in half the memory."""

Distances = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
"""Hamming distances in bits; 16 bits wide for hashes of more than 64 bits."""

Mask = npt.NDArray[np.bool_]
"""True for the items that are meant, shape (n,)."""


def distinct(hashes: Hashes) -> Hashes:
    """
    Return the distinct values of `hashes`, shape (n,), in ascending order.

    >>> distinct(np.array([5, 1, 5], dtype=np.uint64)).tolist()
    [1, 5]
    """
    # np.unique builds a hash table, which takes ten times as long as sorting.
    if len(hashes) < 2:
        return hashes
    hashes = np.sort(hashes)
    first = np.empty(len(hashes), dtype=bool)
    first[0] = True
    np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
    return hashes[first]
