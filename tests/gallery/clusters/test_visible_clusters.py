"""Stored clusters as one person may see them."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from gallery.clusters import cluster_query
from gallery.clusters.filters import ClusterFilters
from gallery.clusters.visible_clusters import ORDERS, VisibleClusters
from gallery.matching import follower
from gallery.matching.cluster_kinds import same_kind
from gallery.models import Album, Cluster, ClusterMember, Image
from tests.gallery.match_rows import add, picture


def keys(clusters: VisibleClusters) -> list[list[int]]:
    return [found.keys for found in clusters.first()]


def test_what_others_keep_private_is_in_no_list_and_no_count(
    ann: User, bob: User, admin: User
) -> None:
    first, second, third = add(
        [picture(1), picture(1, 1), picture(1, 2, owner=bob, visibility="private")]
    )
    add([picture(2), picture(2, 1, owner=bob, visibility="private")])
    follower.finish()
    assert sorted(map(len, keys(VisibleClusters(admin)))) == [2, 3]
    assert sorted(map(len, keys(VisibleClusters(bob)))) == [2, 3]
    seen = VisibleClusters(ann)
    assert [sorted(found) for found in keys(seen)] == [[first.pk, second.pk]]
    assert (seen.count, seen.pictures) == (1, 2)
    assert VisibleClusters(ann, ClusterFilters(min_size=3)).count == 0
    (found,) = seen.first()
    assert sum(found.sizes or ()) == 2001
    assert third.pk not in found.keys


def test_a_hidden_representative_is_stood_for_by_the_nearest(ann: User, bob: User) -> None:
    hidden, *others = add(
        [picture(1, owner=bob, visibility="private"), picture(1, 1), picture(1, 2)]
    )
    follower.finish()
    Cluster.objects.update(representative=hidden)
    (found,) = VisibleClusters(ann).first()
    assert found.keys == [image.pk for image in others]


def narrowed(viewer: User, **asked: Any) -> list[list[int]]:
    found = keys(VisibleClusters(viewer, ClusterFilters(**asked)))
    return sorted(sorted(cluster) for cluster in found)


def test_narrowed_by_what_a_cluster_holds(ann: User, bob: User, admin: User) -> None:
    of_ann = [image.pk for image in add([picture(1), picture(1, 1)])]
    of_bob = [image.pk for image in add([picture(2, owner=bob), picture(2, 3, owner=bob)])]
    follower.finish()
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
    follower.finish()
    Album.objects.create(name="Sea", slug="sea").images.add(hidden)
    widest = Cluster.objects.get().widest
    for asked in ({"owner": "bob"}, {"album": "Sea"}, {"widest_from": widest}):
        assert narrowed(ann, **asked) == []
        assert narrowed(admin, **asked) == [[*seen, hidden.pk]]
    assert narrowed(ann, widest_to=widest - 1) == [seen]


def test_kind_order_and_one_alone(admin: User) -> None:
    add([picture(1), picture(1), picture(2), picture(2, 1), picture(2, 2)])
    follower.finish()
    for order in ORDERS:
        assert len(keys(VisibleClusters(admin, ClusterFilters(sort=order)))) == 2
    (alone,) = VisibleClusters(admin, ClusterFilters(kind="bytes")).first()
    again = VisibleClusters(admin, holding=[alone.representative])
    assert keys(again) == [alone.keys]


def of_kind(viewer: User | None, kind: str) -> list[int]:
    clusters = VisibleClusters(viewer, ClusterFilters(kind=kind)).first()
    return sorted(key for cluster in clusters for key in cluster.keys)


def test_what_is_hidden_decides_no_kind(ann: User, bob: User, admin: User) -> None:
    equal = add([picture(1), picture(1)])
    pixels = add([picture(2, sha256="a"), picture(2, sha256="b")])
    hidden = {"owner": bob, "visibility": "private"}
    add([picture(1, sha256="c", **hidden), picture(2, 1, **hidden)])
    plain = add([picture(3), picture(3, 1)])
    follower.finish()
    assert [of_kind(ann, kind) for kind in ("bytes", "pixels", "copy")] == [
        [image.pk for image in some] for some in (equal, pixels, plain)
    ]
    assert [len(of_kind(admin, kind)) for kind in ("bytes", "pixels", "copy")] == [0, 3, 5]
    for kind in ("bytes", "pixels", "copy"):
        shown = VisibleClusters(ann, ClusterFilters(kind=kind))
        assert {found.kind.value for found in shown.first()} == {kind}
        assert (shown.count, shown.pictures) == (1, 2)


def test_a_hidden_picture_finds_no_cluster(ann: User, bob: User, admin: User) -> None:
    first, second, hidden = add(
        [picture(1), picture(1, 1), picture(1, 2, owner=bob, visibility="private")]
    )
    follower.finish()
    assert VisibleClusters(ann, holding=[first.pk]).count == 1
    assert VisibleClusters(ann, holding=[second.pk]).count == 1
    assert VisibleClusters(ann, holding=[hidden.pk]).count == 0
    assert VisibleClusters(admin, holding=[hidden.pk]).count == 1


BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
Seen = list[ClusterMember]


class Gallery:
    """Pictures of several people, some private, in clusters of all sizes, kinds and distances."""

    def __init__(self, seed: int, people: list[User]) -> None:
        self.random, self.people = random.Random(seed), people
        add(self.any_picture() for _ in range(40))
        sea = Album.objects.create(name="Sea", slug="sea")
        sea.images.set(Image.objects.filter(pk__in=self.some(20)))

    def any_picture(self) -> Image:
        family, variant = self.random.randint(1, 12), self.random.randint(0, 4)
        return picture(
            *(family, variant),
            sha256=self.random.choice(["a", "b"]),
            owner=self.random.choice([*self.people, None]),
            visibility=self.random.choice(Image.Visibility.values),
            created_at=BEGIN + timedelta(days=self.random.randint(0, 20)),
        )

    def some(self, count: int) -> list[int]:
        return self.random.sample(list(Image.objects.values_list("pk", flat=True)), count)

    def change(self) -> None:
        rows = Image.objects.filter(pk__in=self.some(10))
        visibility = self.random.choice(Image.Visibility.values)
        rows.update(visibility=visibility, owner=self.random.choice([*self.people, None]))
        keys = ", ".join(map(str, self.some(3)))
        Album.images.through.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM gallery_image WHERE id IN ({keys})")


def seen_by(viewer: User) -> dict[int, Seen]:
    """Return the members of each cluster that `viewer` may see, found by looking at all."""
    found = defaultdict(list)
    rows = ClusterMember.objects.select_related("image__owner").prefetch_related("image__albums")
    for member in rows.order_by("cluster", "image"):
        image = member.image
        is_own = image.owner_id is not None and image.owner_id == viewer.pk
        if viewer.is_superuser or is_own or image.visibility == "public":
            found[member.cluster_id].append(member)
    return {cluster: members for cluster, members in found.items() if len(members) > 1}


def bytes_to_free(members: Seen) -> int:
    sizes = [member.image.byte_size or 0 for member in members]
    return sum(sizes) - max(sizes)


def widest(members: Seen) -> int:
    return max(member.distance for member in members)


PLACES: dict[str, Callable[[Seen], int]] = {
    "bytes": lambda members: -bytes_to_free(members),
    "size": lambda members: -len(members),
    "tightest": widest,
    "newest": lambda members: -max(member.image_id for member in members),
}
ASKED: list[tuple[dict[str, Any], Callable[[Seen], bool]]] = [
    ({}, lambda _: True),
    ({"min_size": 3}, lambda members: len(members) > 2),
    *(
        ({"kind": kind}, lambda m, kind=kind: same_kind(one.image for one in m) == kind)
        for kind in ("bytes", "pixels", "copy")
    ),
    (
        {"widest_from": 8, "widest_to": 20},
        lambda members: 8 <= widest(members) <= 20,
    ),
    (
        {"owner": "bob"},
        lambda members: any(
            one.image.owner and one.image.owner.username == "bob" for one in members
        ),
    ),
    (
        {"album": "Sea", "since": date(2020, 1, 8)},
        lambda members: (
            any(one.image.albums.all() for one in members)
            and any(one.image.created_at.date() >= date(2020, 1, 8) for one in members)
        ),
    ),
]


def pages(shown: VisibleClusters) -> Iterable[list[list[int]]]:
    """Return the keys on each page of a list, read forwards, and the same read back."""
    found = [shown.page(4)]
    while found[-1].after:
        found.append(shown.page(4, after=found[-1].after))
    back = [found[-1]]
    while back[-1].before:
        back.append(shown.page(4, before=back[-1].before))
    forwards = [cluster.keys for page in found for cluster in page.items]
    assert [cluster.keys for page in reversed(back) for cluster in page.items][-4:] == forwards[-4:]
    assert {len(page.items) for page in found[:-1]} <= {4}
    return forwards


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "most"), [(1, 0), (2, 1000)])
def test_every_list_is_what_looking_at_all_pictures_finds(
    seed: int, most: int, ann: User, bob: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_query, "MAX_LOOKED_UP", most)
    gallery = Gallery(seed, [ann, bob])
    for _ in range(2):
        follower.finish()
        viewers = {viewer: seen_by(viewer) for viewer in (ann, bob, admin)}
        for (viewer, whole), (asked, is_asked) in product(viewers.items(), ASKED):
            seen = {key: those for key, those in whole.items() if is_asked(those)}
            for order, place in gallery.random.sample(list(PLACES.items()), 4 if not asked else 1):
                ranked = sorted((place(those), key) for key, those in seen.items())
                wanted = [sorted(one.image_id for one in seen[key]) for _, key in ranked]
                shown = VisibleClusters(viewer, ClusterFilters(sort=order, **asked))
                assert [sorted(keys) for keys in pages(shown)] == wanted
                counted = (shown.count, shown.pictures, shown.has_more)
                assert counted == (len(wanted), sum(map(len, wanted)), False)
        gallery.change()


def test_more_than_are_counted_are_told(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    add(picture(family, variant) for family in (1, 2, 3) for variant in (0, 1))
    follower.finish()
    for most, has_more in ((2, True), (3, False)):
        monkeypatch.setattr(cluster_query, "MAX_COUNTED", most)
        shown = VisibleClusters(ann)
        assert (shown.count, shown.has_more) == (most, has_more)
        assert len(shown.first()) == 3
