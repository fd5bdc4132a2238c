"""Turned bits are the bits of the turned picture, and turns form a group."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.fingerprints.dihedral import Turn, in_all_turns, turned, turned_bytes
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.hashing.decoded import picture_of
from tests.pictures import photo

hashes = st.sampled_from([64, 256]).flatmap(
    lambda width: st.integers(0, 2**width - 1).map(lambda value: PerceptualHash(value, width))
)
# Pillow scales rows first and rounds in between, so that quarter turns move a bit or two.
HALF_TURNS = {Turn.UPRIGHT, Turn.MIRRORED, Turn.FLIPPED, Turn.HALF}
turns = st.sampled_from(list(Turn))


@given(hashes, turns)
def test_inverse_turn_undoes_a_turn(hash_: PerceptualHash, turn: Turn) -> None:
    assert turned(turned(hash_, turn), turn.inverse) == hash_


@given(hashes, turns, turns)
def test_one_turn_after_another_is_a_turn(hash_: PerceptualHash, first: Turn, second: Turn) -> None:
    twice = turned(turned(hash_, first), second)
    assert twice in {turned(hash_, turn) for turn in Turn}


@given(hashes, hashes, turns)
def test_turning_keeps_distances(a: PerceptualHash, b: PerceptualHash, turn: Turn) -> None:
    if a.width == b.width:
        assert turned(a, turn) - turned(b, turn) == a - b


@pytest.mark.parametrize("turn", Turn)
def test_many_hashes_are_turned_as_each_of_them(turn: Turn) -> None:
    data = np.random.default_rng(1).integers(0, 256, (5, 32), dtype=np.uint8)
    for before, after in zip(data, turned_bytes(data, turn), strict=True):
        assert bytes(turned(PerceptualHash.from_bytes(bytes(before)), turn)) == bytes(after)
        assert bytes(in_all_turns(before)[list(Turn).index(turn)]) == bytes(after)


@pytest.mark.parametrize("turn", Turn)
def test_turned_hash_is_the_hash_of_the_turned_picture(turn: Turn) -> None:
    for seed in (1, 2):
        image = photo(seed, (256, 128))
        for name, most in {"dct256": 0 if turn in HALF_TURNS else 4, "phash": 10}.items():
            hash_ = turned(hash_of(image, name), turn)
            assert hash_ - hash_of(turn.applied_to(image), name) <= most, (name, seed)


def hash_of(image: Image.Image, name: str) -> PerceptualHash:
    return ALGORITHMS[name](picture_of(image))
