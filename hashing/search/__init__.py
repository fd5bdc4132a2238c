"""Exact search by Hamming distance: an index for queries, and similarity joins."""

from hashing.search.arrays import Distances, Hashes, Keys
from hashing.search.bktree import BKTree
from hashing.search.hamming_index import HammingIndex, Pairs, integers_of
from hashing.search.hash_store import distances_of, words_of
from hashing.search.ragged_ranges import runs
from hashing.search.similarity_join import cross_portions

__all__ = [
    "BKTree",
    "Distances",
    "HammingIndex",
    "Hashes",
    "Keys",
    "Pairs",
    "cross_portions",
    "distances_of",
    "integers_of",
    "runs",
    "words_of",
]
