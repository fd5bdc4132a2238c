"""The stored matches in line with the pictures."""

from collections.abc import Callable

from gallery.matching import follower, match_store
from gallery.matching.match_search import MatchSearch
from gallery.models import Cluster, ClusterMember, Image, Match
from tests.gallery.match_rows import add, hashes, picture
from tests.pictures import upload


def test_renewing_returns_all_whose_matches_changed(db: None) -> None:
    first, second, far = add([picture(1), picture(1, 1), picture(2)])
    assert match_store.renew([first.pk], MatchSearch()) == {first.pk, second.pk}
    assert match_store.renew([first.pk], MatchSearch()) == {first.pk}
    Image.objects.filter(pk=first.pk).update(**hashes(2, 1))
    assert match_store.renew([first.pk], MatchSearch()) == {first.pk, second.pk, far.pk}
    assert Match.objects.get().second_id == far.pk


def test_a_picture_that_becomes_equal_leaves_its_matches_to_the_first(db: None) -> None:
    first, second, third = add([picture(1), picture(1, 1), picture(1, 2)])
    follower.finish()
    columns = {"sha256": "px1:1-0", "content_digest": "px1:1-0", **hashes(1)}
    Image.objects.filter(pk=second.pk).update(**columns)
    follower.finish()
    pairs = set(Match.objects.values_list("first_id", "second_id", "kind"))
    assert pairs == {(first.pk, second.pk, "bytes"), (first.pk, third.pk, "copy")}


def test_far_and_flat_pictures_match_nothing_but_their_equals(db: None) -> None:
    add([picture(1), picture(2), picture(3, is_informative=False)])
    add([picture(3, 1, is_informative=False), picture(3, digest="px1:3-0", is_informative=False)])
    follower.finish()
    assert Match.objects.get().kind == "bytes"
    assert ClusterMember.objects.count() == 2


def test_rebuild_leaves_rows_that_are_as_they_should_be(db: None) -> None:
    add(picture(1, variant) for variant in range(4))
    follower.finish()
    rows = set(Match.objects.values_list("pk", flat=True)), set(Cluster.objects.values_list("pk"))
    follower.rebuild()
    assert rows[0] == set(Match.objects.values_list("pk", flat=True))
    assert rows[1] == set(Cluster.objects.values_list("pk"))


def test_real_files_match(add_image: Callable[..., Image]) -> None:
    original = add_image(1)
    add_image(upload(1, quality=30))
    add_image(2)
    follower.finish()
    match = Match.objects.get()
    assert (match.first_id, match.kind, match.turn) == (original.pk, "copy", "upright")
