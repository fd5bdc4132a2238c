"""The figures of clusters, for all viewers and for each audience."""

from django.contrib.auth.models import User

from gallery.matching import follower
from gallery.matching.cluster_summaries import (
    AudienceFigures,
    ClusterPicture,
    PlacedPicture,
    Summary,
    audience_figures,
    summary,
)
from gallery.models import AudienceSummary, Cluster
from tests.gallery.match_rows import add, picture

PUBLIC, ANN, BOB = AudienceSummary.EVERYBODY, 1, 2


def member(key: int, distance: int, owner: int = 0, digest: str = "") -> PlacedPicture:
    """Return a member of `key` hundred bytes, private if it has an owner."""
    digest = digest or f"px1:{key}"
    owned = (owner or None, bool(owner))
    return PlacedPicture(ClusterPicture(key, digest, digest, 100 * key, False, *owned), distance)


def test_figures_of_all_members() -> None:
    members = [member(1, 0), member(5, 30), member(2, 4)]
    assert summary(members) == Summary("copies", "copy", 3, 30, 300, 5)


def test_equal_files_are_of_their_kind() -> None:
    assert summary([member(1, 0, digest="a"), member(2, 0, digest="a")]).kind == "bytes"


def test_owners_see_their_private_pictures_beside_the_public_ones() -> None:
    members = [member(1, 0), member(2, 4), member(3, 8, ANN), member(4, 12, BOB)]
    seen = {figures.audience: figures.summary for figures in audience_figures(members)}
    assert seen == {
        PUBLIC: summary(members[:2]),
        ANN: summary(members[:3]),
        BOB: summary([*members[:2], members[3]]),
    }


def test_who_sees_one_picture_only_has_no_figures() -> None:
    members = [member(1, 0), member(2, 4, ANN)]
    assert audience_figures(members) == (AudienceFigures(ANN, summary(members)),)


def test_rows_are_stored_for_audiences_that_see_two(bob: User) -> None:
    hidden = {"owner": bob, "visibility": "private"}
    add([picture(1, **hidden), picture(1, 1, **hidden), picture(1, 2)])
    follower.finish()
    assert list(AudienceSummary.objects.values_list("audience", "size")) == [(bob.pk, 3)]
    bob.delete()
    follower.finish()
    assert not AudienceSummary.objects.exists()
    assert Cluster.objects.get().size == 3
