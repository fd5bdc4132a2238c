"""Alignments: read from plain values, and seen from the other side."""

from itertools import product

from hashing.fingerprints.alignment import Alignment
from hashing.fingerprints.dihedral import Turn
from hashing.fingerprints.framings import Framing

EVERY = [Alignment(6, *parts) for parts in product(Turn, Framing, Framing)]


def test_other_side_of_the_other_side_is_the_same() -> None:
    for alignment in EVERY:
        swapped = alignment.swapped()
        assert swapped.turn == alignment.turn.inverse
        assert swapped.framing == alignment.other_framing
        assert swapped.other_framing == alignment.framing
        assert swapped.swapped() == alignment


def test_plain_values_are_read_as_what_they_stand_for() -> None:
    for alignment in EVERY:
        distance, turn, framing, other_framing = alignment
        read = Alignment.of(distance, str(turn), str(framing), str(other_framing))
        assert read == alignment
        assert (type(read.turn), type(read.other_framing)) == (Turn, Framing)


def test_only_one_alignment_is_plain() -> None:
    assert [alignment for alignment in EVERY if alignment.is_plain] == [Alignment(6)]
