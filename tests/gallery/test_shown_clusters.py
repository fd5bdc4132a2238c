"""Stored clusters as one person may see them."""

from django.contrib.auth.models import User

from gallery import matches
from gallery.models import Cluster
from gallery.shown_clusters import ORDERS, ShownClusters
from tests.gallery.match_rows import add, picture


def keys(clusters: ShownClusters) -> list[list[int]]:
    return [found.keys for found in clusters[:]]


def test_what_others_keep_private_is_in_no_list_and_no_count(
    ann: User, bob: User, admin: User
) -> None:
    first, second, third = add(
        [picture(1), picture(1, 1), picture(1, 2, owner=bob, visibility="private")]
    )
    add([picture(2), picture(2, 1, owner=bob, visibility="private")])
    matches.catch_up()
    assert sorted(map(len, keys(ShownClusters(admin)))) == [2, 3]
    assert sorted(map(len, keys(ShownClusters(bob)))) == [2, 3]
    seen = ShownClusters(ann)
    assert [sorted(found) for found in keys(seen)] == [[first.pk, second.pk]]
    assert (len(seen), seen.pictures) == (1, 2)
    assert len(ShownClusters(ann, min_size=3)) == 0
    (found,) = seen[:]
    assert sum(found.sizes or ()) == 2001
    assert third.pk not in found.keys


def test_a_hidden_representative_is_stood_for_by_the_nearest(ann: User, bob: User) -> None:
    hidden, *others = add(
        [picture(1, owner=bob, visibility="private"), picture(1, 1), picture(1, 2)]
    )
    matches.catch_up()
    Cluster.objects.update(representative=hidden)
    (found,) = ShownClusters(ann)[:]
    assert found.keys == [image.pk for image in others]


def test_kind_order_and_one_alone(admin: User) -> None:
    add([picture(1), picture(1), picture(2), picture(2, 1), picture(2, 2)])
    matches.catch_up()
    for order in ORDERS:
        assert len(keys(ShownClusters(admin, order=order))) == 2
    (alone,) = ShownClusters(admin, kind="bytes")[:]
    again = ShownClusters(admin, representative=str(alone.cluster.representative))
    assert keys(again) == [alone.keys]
