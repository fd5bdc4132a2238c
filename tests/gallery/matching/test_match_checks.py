"""Matches of hashes are copies only once both pictures were looked at."""

from gallery.matching import follower, match_checks, match_store
from gallery.matching.match_search import MatchSearch
from gallery.models import Closeup, Cluster, Image, Match, MatchKind, Verification
from hashing.pictures import Preview
from tests.gallery.match_rows import add, picture
from tests.pictures import photo


def stored_matches(*images: Image) -> None:
    match_store.renew([image.pk for image in images], MatchSearch())


def kinds() -> set[str]:
    return set(Match.objects.values_list("kind", flat=True))


def test_a_match_of_hashes_is_unverified_and_joins_no_cluster(db: None) -> None:
    stored_matches(*add([picture(1), picture(1, 1)]))
    assert kinds() == {MatchKind.UNVERIFIED}
    assert not Cluster.objects.exists()


def test_looking_makes_it_a_copy_and_clusters_it(db: None) -> None:
    stored_matches(*add([picture(1), picture(1, 1)]))
    match_checks.verify(match_checks.unverified())
    assert kinds() == {MatchKind.COPY}
    assert Cluster.objects.get().size == 2
    assert not match_checks.unverified().exists()


def test_near_hashes_of_other_pixels_are_only_similar(db: None) -> None:
    first, second = add([picture(1), picture(1, 1)])
    other = Preview.of(photo(99, (160, 120))).to_bytes()
    Closeup.objects.filter(image=second).update(preview=other)
    stored_matches(first, second)
    match_checks.verify(match_checks.unverified())
    assert kinds() == {MatchKind.SIMILAR}
    assert not Cluster.objects.exists()


def test_pictures_that_cannot_be_read_are_only_similar(db: None) -> None:
    first, second = add([picture(1), picture(1, 1)])
    Closeup.objects.all().delete()
    stored_matches(first, second)
    match_checks.verify(match_checks.unverified())
    assert kinds() == {MatchKind.SIMILAR}
    assert not Verification.objects.exists()


def test_what_was_seen_lasts_when_matches_are_found_again(db: None) -> None:
    first, second = add([picture(1), picture(1, 1)])
    stored_matches(first, second)
    match_checks.verify(match_checks.unverified())
    Closeup.objects.all().delete()  # so that nothing could be looked at again
    stored_matches(first, second)
    follower.rebuild()
    assert kinds() == {MatchKind.COPY}


def test_a_request_looks_at_the_nearest_matches_of_its_own_pictures(db: None) -> None:
    images = add([picture(1, variant) for variant in range(4)] + [picture(2), picture(2, 1)])
    stored_matches(*images)
    match_checks.verify_matches_of([images[0].pk], most=2)
    verified = Match.objects.filter(kind=MatchKind.COPY)
    assert verified.count() == 2
    assert {match.first_id for match in verified} == {images[0].pk}
    match_checks.verify_matches_of([])
    assert match_checks.unverified().count() == 5
