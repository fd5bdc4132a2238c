"""The nearest matches of each picture, whatever the order in which pictures come and go."""

from hypothesis import given
from hypothesis import strategies as st

from gallery.matching.nearest_matches import MatchEdge, NearestMatches, nearest_of_all
from hashing.fingerprints.alignment import Alignment
from hashing.fingerprints.dihedral import Turn
from hashing.fingerprints.framings import Framing
from hashing.matching.matcher import Match

LIMIT = 3
KIND = "picture"


def matches_among(values: dict[int, int], key: int) -> list[Match]:
    """Return the pictures near `key` on a line, nearest first."""
    matches = [
        Match(other, Alignment(abs(value - values[key]), Turn.LEFT, other_framing=Framing.UNFRAMED))
        for other, value in values.items()
        if other != key and abs(value - values[key]) <= 4
    ]
    # As seen from the smaller key: a match has the same alignment from both sides.
    matches = [m if key < m.key else m.swapped(m.key) for m in matches]
    return sorted(matches, key=lambda match: (match.alignment.distance, match.key))


def from_scratch(values: dict[int, int]) -> list[MatchEdge]:
    pairs = [(key, m) for key in values for m in matches_among(values, key) if key < m.key]
    return nearest_of_all(pairs, LIMIT)


def renewed(
    edges: list[MatchEdge], values: dict[int, int], changed: set[int], searched: list[int]
) -> list[MatchEdge]:
    """Return the edges after a change, noting the pictures that had to be searched again."""

    def search(key: int) -> list[Match]:
        searched.append(key)
        return matches_among(values, key)

    nearest = NearestMatches(edges, LIMIT)
    nearest.remove(changed)
    for key in changed:
        nearest.offer(key, matches_among(values, key) if key in values else [])
    nearest.refill(search)
    return nearest.edges()


@given(
    st.lists(
        st.dictionaries(st.integers(1, 14), st.one_of(st.none(), st.integers(0, 12)), min_size=1),
        max_size=8,
    )
)
def test_any_changes_in_any_portions_keep_what_a_comparison_of_all_would(
    portions: list[dict[int, int | None]],
) -> None:
    values: dict[int, int] = {}
    edges: list[MatchEdge] = []
    for portion in portions:
        for key, value in portion.items():
            values.pop(key, None)
            if value is not None:
                values[key] = value
        edges = renewed(edges, values, set(portion), [])
        assert sorted(edges) == sorted(from_scratch(values))


def test_each_keeps_its_nearest_and_edges_tell_which_end_keeps_the_other() -> None:
    edges = from_scratch(dict.fromkeys(range(1, 8), 5))
    assert all(sum(edge.pair.count(key) for edge in edges) >= LIMIT for key in range(1, 8))
    assert not [edge for edge in edges if not (edge.first_keeps or edge.second_keeps)]
    last = [edge for edge in edges if edge.second == 7]
    assert [(edge.first, edge.first_keeps, edge.second_keeps) for edge in last] == [
        (1, False, True),
        (2, False, True),
        (3, False, True),
    ]


def test_a_full_list_is_searched_again_only_if_it_lost_a_match() -> None:
    values = dict.fromkeys(range(1, 7), 5)
    edges = from_scratch(values)
    searched: list[int] = []
    edges = renewed(edges, values | {7: 5}, {7}, searched)
    assert searched == []
    del values[1]
    renewed(edges, values | {7: 5}, {1}, searched)
    assert sorted(searched) == [2, 3, 4, 5, 6, 7]


def test_a_list_with_room_is_never_searched_again() -> None:
    values = {1: 5, 2: 5, 3: 6}
    searched: list[int] = []
    edges = renewed(from_scratch(values), {2: 5, 3: 6}, {1}, searched)
    assert searched == []
    assert [edge.pair for edge in edges] == [(2, 3)]
