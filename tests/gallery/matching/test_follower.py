"""Stored matches and clusters: abreast of the pictures, whoever changed those, and in any order."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.decisions import Conflict, reversal
from gallery.matching import follower
from gallery.models import Cluster, ClusterMember, Image, LogPosition, Match, PendingMatch, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from hashing.models import HashChange
from tests.gallery.match_rows import add, hashes, picture, stored
from tests.pictures import upload

AddImage = Callable[..., Image]

# On PostgreSQL a transaction reads its own changes again until it is over.
COMMITTED = pytest.mark.django_db(transaction=True)


def anew() -> Any:
    """Return what a rebuild from nothing stores."""
    Match.objects.all().delete()
    Cluster.objects.all().delete()
    follower.rebuild()
    return stored()


class Visitors:
    """People who do anything to pictures, in no order."""

    def __init__(self, seed: int, admin: User) -> None:
        self.random, self.admin = random.Random(seed), admin

    def act(self) -> None:
        self.random.choice(
            [self.add, self.add, self.delete, self.replace, self.trash, self.judge, self.hide]
        )()

    def some(self, most: int = 3) -> list[Image]:
        keys = list(Image.objects.values_list("pk", flat=True))
        count = min(len(keys), self.random.randint(1, most))
        return list(Image.objects.filter(pk__in=self.random.sample(keys, count)))

    def add(self) -> None:
        drawn = [self.any_picture() for _ in range(self.random.randint(1, 4))]
        add(picture(*drawn[0], **drawn[1]) for drawn in drawn)

    def any_picture(self) -> tuple[tuple[int, int], dict[str, Any]]:
        family, variant = self.random.randint(1, 3), self.random.randint(0, 8)
        columns: dict[str, Any] = {"is_informative": self.random.random() > 0.1}
        if self.random.random() < 0.3:  # the same pixels in another file
            columns["sha256"] = f"{self.random.random()}"
        return (family, variant), columns

    def delete(self) -> None:
        Image.objects.filter(pk__in=[image.pk for image in self.some()]).delete()

    def replace(self) -> None:
        for image in self.some(1):
            (family, variant), _ = self.any_picture()
            digest = f"px1:{family}-{variant}"
            Image.objects.filter(pk=image.pk).update(
                sha256=digest, content_digest=digest, **hashes(family, variant)
            )

    def trash(self) -> None:
        keys = [image.pk for image in self.some()]
        moment = self.random.choice([None, timezone.now()])
        Image.objects.filter(pk__in=keys).update(trashed_at=moment)

    def hide(self) -> None:
        keys = [image.pk for image in self.some()]
        visibility = self.random.choice(Image.Visibility.values)
        owner = self.random.choice([None, self.admin])
        Image.objects.filter(pk__in=keys).update(visibility=visibility, owner=owner)

    def judge(self) -> None:
        images = [image for image in self.some(4) if not image.is_trashed]
        choices = {image.pk: self.random.choice(Choice.values) for image in images}
        with suppress(Conflict):  # something may not be chosen, such as trashing all of them
            decision = deciding.decide(DecisionRequest(choices, self.admin))
            if decision and self.random.random() < 0.4:
                reversal.undo(decision.pk, self.admin)


@pytest.mark.parametrize("seed", range(8))
def test_any_changes_in_any_portions_store_what_a_rebuild_would(
    seed: int, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Match, "MOST", 3)
    visitors = Visitors(seed, admin)
    for _ in range(30):
        visitors.act()
        if visitors.random.random() < 0.6:
            follower.catch_up(share=visitors.random.randint(1, 6))
    follower.catch_up(share=1000)
    followed = stored()
    assert followed == anew()


def test_rebuild_leaves_rows_that_are_as_they_should_be(db: None) -> None:
    add(picture(1, variant) for variant in range(4))
    follower.catch_up()
    rows = set(Match.objects.values_list("pk", flat=True)), set(Cluster.objects.values_list("pk"))
    follower.rebuild()
    assert rows[0] == set(Match.objects.values_list("pk", flat=True))
    assert rows[1] == set(Cluster.objects.values_list("pk"))


def test_equal_copies_cost_a_star_and_not_a_square(db: None) -> None:
    add(picture(1, digest="px1:same") for _ in range(1000))
    add([picture(1, 1)])
    assert follower.catch_up(share=2000) == 0
    assert Match.objects.exclude(kind="picture").count() == 999
    assert Match.objects.filter(kind="picture").count() == 1
    assert Cluster.objects.get().size == 1001


def test_copies_stay_together_when_the_one_they_are_linked_to_goes(db: None) -> None:
    first, *_ = add([*(picture(1, digest="px1:same") for _ in range(3)), picture(1, 1)])
    follower.catch_up()
    Image.objects.filter(pk=first.pk).update(trashed_at=timezone.now())
    follower.catch_up()
    assert Cluster.objects.get().size == 3
    first.delete()
    follower.catch_up()
    assert Cluster.objects.get().size == 3
    assert not Match.objects.filter(first=first.pk or 0).exists()


def test_far_and_flat_pictures_match_nothing_but_their_equals(db: None) -> None:
    add([picture(1), picture(2), picture(3, is_informative=False)])
    add([picture(3, 1, is_informative=False), picture(3, digest="px1:3-0", is_informative=False)])
    follower.catch_up()
    assert Match.objects.get().kind == "bytes"
    assert ClusterMember.objects.count() == 2


@COMMITTED
def test_what_is_left_is_told_and_worked_off() -> None:
    add(picture(1, variant) for variant in range(5))
    assert follower.catch_up(share=2) == 3
    assert follower.catch_up(share=2) == 1
    assert follower.catch_up(share=2) == 0
    assert Cluster.objects.get().size == 5


@COMMITTED
def test_a_picture_of_ones_own_comes_first() -> None:
    images = add(picture(1, variant) for variant in range(5))
    assert follower.catch_up([images[-1].pk], share=0) == 4
    assert Match.objects.filter(second=images[-1].pk).count() == 4


@COMMITTED
def test_a_log_that_no_longer_knows_is_followed_by_looking_at_everything() -> None:
    images = add(picture(1, variant) for variant in range(3))
    follower.catch_up()
    images[0].delete()
    HashChange.objects.all().delete()
    add([picture(1, 4)])
    follower.catch_up(share=1000)
    assert stored() == anew()


@COMMITTED
def test_nothing_is_written_where_nothing_changed(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    add(picture(1, variant) for variant in range(3))
    follower.catch_up()
    with django_assert_num_queries(1):
        assert follower.catch_up() == 0


def test_verdicts_settle_clusters_and_open_them_again(admin: User) -> None:
    first, second = add([picture(1), picture(1, 1)])
    follower.catch_up()
    decision = deciding.decide(DecisionRequest({first.pk: "keep", second.pk: "keep"}, admin))
    follower.catch_up()
    assert not Cluster.objects.exists()
    reversal.undo(decision.pk, admin)
    follower.catch_up()
    assert Cluster.objects.get().size == 2


@COMMITTED
def test_two_rows_of_the_log_are_never_made() -> None:
    follower.catch_up()
    follower.catch_up()
    assert LogPosition.objects.count() == 1
    assert not PendingMatch.objects.exists()
    assert not Verdict.objects.exists()


def test_real_files_match(add_image: AddImage) -> None:
    original = add_image(1)
    add_image(upload(1, quality=30))
    add_image(2)
    follower.catch_up()
    match = Match.objects.get()
    assert (match.first_id, match.kind, match.turn) == (original.pk, "picture", "upright")
