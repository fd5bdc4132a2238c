"""Turn links between contents into the pairs that clustering takes."""

from collections.abc import Iterable, Sequence

import numpy as np

from hashing.search import Pairs


def content_pairs(keys_of: Sequence[Iterable[int]], links: Iterable[tuple[int, int, int]]) -> Pairs:
    """
    Return pairs of contents that are numbered in the order of `keys_of`.

    `keys_of` holds the pictures of each content, which are one node, however many there are;
    `links` are the numbers of two contents and their distance in bits.
    """
    table = np.array(list(links), dtype=np.int64).reshape(-1, 3)
    return Pairs(
        hashes=np.zeros(len(keys_of), dtype=np.uint64),
        groups=[np.array(sorted(keys), dtype=np.int64) for keys in keys_of],
        first=table[:, 0],
        second=table[:, 1],
        distances=table[:, 2].astype(np.uint8),
    )
