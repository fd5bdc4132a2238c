"""Sets of hashes that are hard on an index, and answers that are right because they are slow."""

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

Hashes = npt.NDArray[np.uint64]

TOP = 2**64 - 1
ENDS = [0, 1, 2**63 - 1, 2**63, TOP - 1, TOP]


def uniform(size: int, rng: np.random.Generator) -> Hashes:
    return rng.integers(0, 2**64, size, dtype=np.uint64)


def clustered(size: int, rng: np.random.Generator) -> Hashes:
    """A few centres, each with copies of which up to six bits have changed."""
    centres = uniform(max(1, size // 50), rng)
    bits = rng.integers(0, 64, (size, 6), dtype=np.uint64)
    flips = np.bitwise_xor.reduce(np.uint64(1) << bits, axis=1)
    return rng.choice(centres, size) ^ np.where(rng.random(size) < 0.3, 0, flips).astype(np.uint64)


def all_equal(size: int, rng: np.random.Generator) -> Hashes:
    return np.full(size, uniform(1, rng)[0] if size else 0, dtype=np.uint64)


def ends(size: int, rng: np.random.Generator) -> Hashes:
    return rng.choice(np.array(ENDS, dtype=np.uint64), size)


def balanced(size: int, rng: np.random.Generator) -> Hashes:
    """Words of 32 ones, as phash makes them: all the same distance from 0."""
    order = rng.random((size, 64)).argsort(axis=1) < 32
    return np.packbits(order, axis=1).view(">u8").ravel().astype(np.uint64)


def small_numbers(size: int, rng: np.random.Generator) -> Hashes:
    """Flat pictures: all bits but the last few are the same."""
    return np.arange(size, dtype=np.uint64) ^ all_equal(1, rng)


def one_bit(size: int, rng: np.random.Generator) -> Hashes:
    """No two differ in more than two bits, and no pivot tells them apart."""
    return np.uint64(1) << rng.integers(0, 64, size, dtype=np.uint64)


KINDS = (uniform, clustered, all_equal, ends, balanced, small_numbers, one_bit)

seeds = st.integers(0, 2**32 - 1)
words = st.one_of(st.integers(0, TOP), st.sampled_from(ENDS))
radii = st.integers(0, 64)


@st.composite
def hash_sets(draw: st.DrawFn, max_size: int = 1500) -> Hashes:
    """Sets of any kind, from the empty one upwards; small ones are drawn hash by hash."""
    if draw(st.booleans()):
        return np.array(draw(st.lists(words, max_size=12)), dtype=np.uint64)
    kind, size = draw(st.sampled_from(KINDS)), draw(st.integers(0, max_size))
    return kind(size, np.random.default_rng(draw(seeds)))


def queries_of(hashes: Hashes, seed: int = 0) -> list[int]:
    """Queries that are stored, that are near to what is stored, and that are far from all."""
    rng = np.random.default_rng(seed)
    stored = rng.choice(hashes, 2).tolist() if len(hashes) else []
    near = [query ^ (1 << int(rng.integers(64))) for query in stored]
    return [*stored, *near, *uniform(1, rng).tolist(), 0, TOP]


def distances_to(hashes: Hashes, query: int) -> list[int]:
    return [(hash_ ^ query).bit_count() for hash_ in hashes.tolist()]
