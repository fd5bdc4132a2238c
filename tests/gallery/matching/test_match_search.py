"""The search for the matches of pictures as they are now."""

from gallery.matching import follower
from gallery.matching.match_search import MatchSearch, matches_among_all
from tests.gallery.match_rows import add, picture


def test_nearest_come_first(db: None) -> None:
    first, near, far, _ = add([picture(1), picture(1, 1), picture(1, 3), picture(2)])
    matches = MatchSearch().matches_of(first.pk)
    assert [match.key for match in matches] == [near.pk, far.pk]
    assert matches[0].alignment.distance < matches[1].alignment.distance


def test_deleted_flat_and_represented_pictures_have_none(db: None) -> None:
    first, copy, other, flat = add(
        [picture(1), picture(1), picture(1, 1), picture(1, 2, is_informative=False)]
    )
    follower.finish()
    matches = MatchSearch().matches([first.pk, copy.pk, flat.pk, 999])
    assert [match.key for match in matches[first.pk]] == [other.pk]
    assert [matches[key] for key in (copy.pk, flat.pk, 999)] == [[], [], []]


def test_the_join_leaves_out_the_represented(db: None) -> None:
    first, copy, other = add([picture(1), picture(1), picture(1, 1)])
    pairs = {(key, match.key) for key, match in matches_among_all([copy.pk])}
    assert pairs == {(first.pk, other.pk)}
