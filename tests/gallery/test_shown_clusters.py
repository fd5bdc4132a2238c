"""Stored clusters as one person may see them."""

from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import User

from gallery import matches
from gallery.cluster_filters import Narrowing
from gallery.models import Album, Cluster, Image
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


def narrowed(viewer: User, **asked: Any) -> list[list[int]]:
    found = keys(ShownClusters(viewer, narrowing=Narrowing(**asked)))
    return sorted(sorted(cluster) for cluster in found)


def test_narrowed_by_what_a_cluster_holds(ann: User, bob: User, admin: User) -> None:
    of_ann = [image.pk for image in add([picture(1), picture(1, 1)])]
    of_bob = [image.pk for image in add([picture(2, owner=bob), picture(2, 3, owner=bob)])]
    matches.catch_up()
    Album.objects.create(name="Sea", slug="sea").images.add(of_ann[1])
    Image.objects.filter(pk__in=of_ann).update(created_at=datetime(2020, 5, 1, tzinfo=UTC))
    for viewer in (ann, bob, admin):
        assert narrowed(viewer, owner="bob") == [of_bob]
        assert narrowed(viewer, album="Sea") == [of_ann]
        assert narrowed(viewer, since=date(2020, 5, 2)) == [of_bob]
        assert narrowed(viewer, since=date(2020, 5, 1)) == [of_ann, of_bob]
        assert narrowed(viewer, owner="bob", album="Sea") == []
        widest = Cluster.objects.get(memberships__image=of_bob[0]).widest
        assert narrowed(viewer, widest_from=widest) == [of_bob]
        assert narrowed(viewer, widest_to=widest - 1) == [of_ann]


def test_what_is_hidden_narrows_nothing(ann: User, bob: User, admin: User) -> None:
    seen = [image.pk for image in add([picture(1), picture(1, 1)])]
    (hidden,) = add([picture(1, 9, owner=bob, visibility="private")])
    matches.catch_up()
    Album.objects.create(name="Sea", slug="sea").images.add(hidden)
    widest = Cluster.objects.get().widest
    for asked in ({"owner": "bob"}, {"album": "Sea"}, {"widest_from": widest}):
        assert narrowed(ann, **asked) == []
        assert narrowed(admin, **asked) == [[*seen, hidden.pk]]
    assert narrowed(ann, widest_to=widest - 1) == [seen]


def test_kind_order_and_one_alone(admin: User) -> None:
    add([picture(1), picture(1), picture(2), picture(2, 1), picture(2, 2)])
    matches.catch_up()
    for order in ORDERS:
        assert len(keys(ShownClusters(admin, order=order))) == 2
    (alone,) = ShownClusters(admin, kind="bytes")[:]
    again = ShownClusters(admin, holding=[alone.cluster.representative])
    assert keys(again) == [alone.keys]


def of_kind(viewer: User | None, kind: str) -> list[int]:
    return sorted(key for found in ShownClusters(viewer, kind=kind)[:] for key in found.keys)


def test_what_is_hidden_decides_no_kind(ann: User, bob: User, admin: User) -> None:
    equal = add([picture(1), picture(1)])
    pixels = add([picture(2, sha256="a"), picture(2, sha256="b")])
    hidden = {"owner": bob, "visibility": "private"}
    add([picture(1, sha256="c", **hidden), picture(2, 1, **hidden)])
    plain = add([picture(3), picture(3, 1)])
    matches.catch_up()
    assert [of_kind(ann, kind) for kind in ("bytes", "pixels", "picture")] == [
        [image.pk for image in some] for some in (equal, pixels, plain)
    ]
    assert [len(of_kind(admin, kind)) for kind in ("bytes", "pixels", "picture")] == [0, 3, 5]
    for kind in ("bytes", "pixels", "picture"):
        shown = ShownClusters(ann, kind=kind)
        assert {found.kind.value for found in shown[:]} == {kind}
        assert (len(shown), shown.pictures) == (1, 2)


def test_a_hidden_picture_finds_no_cluster(ann: User, bob: User, admin: User) -> None:
    first, second, hidden = add(
        [picture(1), picture(1, 1), picture(1, 2, owner=bob, visibility="private")]
    )
    matches.catch_up()
    assert len(ShownClusters(ann, holding=[first.pk])) == 1
    assert len(ShownClusters(ann, holding=[second.pk])) == 1
    assert len(ShownClusters(ann, holding=[hidden.pk])) == 0
    assert len(ShownClusters(admin, holding=[hidden.pk])) == 1
