"""Tables of matches: one a pair, the same from either side and in any order."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hashing.fingerprints.alignment import Alignment
from hashing.fingerprints.dihedral import Turn
from hashing.matching.match_table import FRAMINGS, SLACK, TURNS, Match, MatchTable

Row = tuple[int, Match]

alignments = st.builds(
    Alignment,
    st.integers(0, 77),
    st.sampled_from(TURNS),
    st.sampled_from(FRAMINGS),
    st.sampled_from(FRAMINGS),
)
rows = st.lists(
    st.tuples(st.integers(1, 4), st.builds(Match, st.integers(5, 8), alignments)), max_size=12
)


def table_of(matches: list[Row]) -> MatchTable:
    keys = [[first for first, _ in matches], [match.key for _, match in matches]]
    codes = [
        [seen.distance, TURNS.index(seen.turn), *map(FRAMINGS.index, seen[2:])]
        for seen in (match.alignment for _, match in matches)
    ]
    columns = np.array(codes, dtype=np.uint8).reshape(-1, 4).T
    return MatchTable(*np.array(keys, dtype=np.int64), *columns)


def cost(alignment: Alignment) -> int:
    is_turned = alignment.turn != Turn.UPRIGHT
    return alignment.distance + SLACK * (is_turned + (alignment.framing != alignment.other_framing))


@given(rows)
def test_rows_are_what_the_columns_say(matches: list[Row]) -> None:
    assert list(table_of(matches)) == matches


@given(rows)
def test_best_match_of_a_pair_costs_least(matches: list[Row]) -> None:
    best = {(first, match.key): match.alignment for first, match in table_of(matches).best()}
    assert best.keys() == {(first, match.key) for first, match in matches}
    for first, match in matches:
        assert cost(best[first, match.key]) <= cost(match.alignment)


@given(rows, st.randoms(use_true_random=False))
def test_order_of_input_changes_nothing(matches: list[Row], random: Random) -> None:
    shuffled = random.sample(matches, len(matches))
    cut = len(shuffled) // 2
    parts = [table_of(shuffled[:cut]), table_of(shuffled[cut:])]
    assert list(MatchTable.joined(parts)) == list(table_of(matches).best())


@given(rows)
def test_smaller_key_comes_first_once_ordered(matches: list[Row]) -> None:
    backwards = [(match.key, match.swapped(first)) for first, match in matches]
    assert list(table_of(backwards).ordered()) == matches
    assert list(table_of(matches).ordered()) == matches


def test_nearly_symmetric_picture_is_upright_for_a_few_bits_more() -> None:
    upright, mirrored = Alignment(10), Alignment(10 - SLACK + 1, Turn.MIRRORED)
    ((_, match),) = table_of([(1, Match(2, mirrored)), (1, Match(2, upright))]).best()
    assert match.alignment == upright
    nearer = Alignment(10 - SLACK - 1, Turn.MIRRORED)
    ((_, match),) = table_of([(1, Match(2, upright)), (1, Match(2, nearer))]).best()
    assert match.alignment == nearer


def test_no_tables_are_an_empty_one() -> None:
    assert list(MatchTable.joined([])) == []
