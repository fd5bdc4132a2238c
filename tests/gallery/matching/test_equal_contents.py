"""Pictures of equal content: a star, and not all pairs."""

from django.utils import timezone

from gallery.matching import follower
from gallery.matching.equal_contents import star_edges
from gallery.models import Cluster, Image, Match
from tests.gallery.match_rows import add, picture


def test_each_is_linked_to_the_first_one_of_its_content() -> None:
    rows = [(1, "a", "px1:a"), (2, "b", "px1:b"), (3, "a", "px1:a"), (4, "c", "px1:a")]
    edges = star_edges([*rows, (5, "", ""), (6, "", "")])
    assert [(*edge.pair, edge.kind) for edge in edges] == [(1, 3, "bytes"), (1, 4, "pixels")]


def test_equal_copies_cost_a_star_and_not_a_square(db: None) -> None:
    add(picture(1, digest="px1:same") for _ in range(1000))
    add([picture(1, 1)])
    follower.finish()
    assert Match.objects.exclude(kind="copy").count() == 999
    assert Match.objects.filter(kind="copy").count() == 1
    assert Cluster.objects.get().size == 1001


def test_copies_stay_together_when_the_one_they_are_linked_to_goes(db: None) -> None:
    first, *_ = add([*(picture(1, digest="px1:same") for _ in range(3)), picture(1, 1)])
    follower.finish()
    Image.objects.filter(pk=first.pk).update(trashed_at=timezone.now())
    follower.finish()
    assert Cluster.objects.get().size == 3
    first.delete()
    follower.finish()
    assert Cluster.objects.get().size == 3
    assert not Match.objects.filter(first=first.pk or 0).exists()
