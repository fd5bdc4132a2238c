"""Many slices at once are those slices one after another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hashing.search.ragged_ranges import ranges, runs


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12))
def test_ranges_are_joined_in_order(pieces: list[tuple[int, int]]) -> None:
    begin = np.array([start for start, _ in pieces], dtype=np.int64)
    lengths = np.array([length for _, length in pieces], dtype=np.int64)
    joined = [number for start, length in pieces for number in range(start, start + length)]
    assert ranges(begin, begin + lengths).tolist() == joined
    assert runs(begin, lengths).tolist() == joined
