"""Of all matches those that are kept, in whatever order pictures come and go."""

from hypothesis import given
from hypothesis import strategies as st

from gallery.matching.nearest_matches import Link, kept, renewed
from hashing.fingerprints.alignment import Alignment
from hashing.fingerprints.dihedral import Turn
from hashing.fingerprints.framings import Framing
from hashing.matching.matcher import Match

MOST = 3


def matches_among(values: dict[int, int], key: int) -> list[Match]:
    """Return who is near `key` on a line, nearest first."""
    found = [
        Match(other, Alignment(abs(value - values[key]), Turn.LEFT, other_framing=Framing.UNFRAMED))
        for other, value in values.items()
        if other != key and abs(value - values[key]) <= 4
    ]
    # Seen from the smaller key, as a match is the same from both sides.
    found = [m if key < m.key else m.swapped(m.key) for m in found]
    return sorted(found, key=lambda match: (match.alignment.distance, match.key))


def all_kept(values: dict[int, int]) -> list[Link]:
    pairs = [(key, m) for key in values for m in matches_among(values, key) if key < m.key]
    return kept(pairs, "picture", MOST)


@given(
    st.lists(
        st.dictionaries(st.integers(1, 14), st.one_of(st.none(), st.integers(0, 12)), min_size=1),
        max_size=8,
    )
)
def test_any_changes_in_any_portions_keep_what_a_look_at_all_would(
    portions: list[dict[int, int | None]],
) -> None:
    values: dict[int, int] = {}
    links: list[Link] = []
    for portion in portions:
        for key, value in portion.items():
            values.pop(key, None)
            if value is not None:
                values[key] = value
        found = {key: matches_among(values, key) if key in values else [] for key in portion}
        links = renewed(links, found, lambda key: matches_among(values, key), "picture", MOST)
        assert sorted(links) == sorted(all_kept(values))


def test_each_keeps_its_nearest_and_rows_tell_who_keeps_whom() -> None:
    links = all_kept(dict.fromkeys(range(1, 8), 5))
    assert all(sum(link.pair.count(key) for link in links) >= MOST for key in range(1, 8))
    assert not [link for link in links if not (link.first_keeps or link.second_keeps)]
    last = [link for link in links if link.second == 7]
    assert [(link.first, link.first_keeps, link.second_keeps) for link in last] == [
        (1, False, True),
        (2, False, True),
        (3, False, True),
    ]
