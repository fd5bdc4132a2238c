"""Stored matches and clusters: abreast of the pictures, whoever changed those, and in any order."""

import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from gallery.decisions import Conflict, reversal
from gallery.matching import follower
from gallery.matching.match_search import MatchSearch
from gallery.models import Cluster, Image, LogPosition, Match, PendingMatch, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from hashing.models import HashChange
from tests.gallery.match_rows import add, hashes, picture, stored
from tests.many_at_once import all_at_once

AddImage = Callable[..., Image]

# On PostgreSQL a transaction reads its own changes again until it is over.
COMMITTED = pytest.mark.django_db(transaction=True)


def rebuilt() -> Any:
    """Return what a rebuild from nothing stores."""
    Match.objects.all().delete()
    Cluster.objects.all().delete()
    follower.rebuild()
    follower.finish()  # looks at what cannot be known from earlier looks
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
    follower.finish()
    followed = stored()
    assert followed == rebuilt()


@COMMITTED
@pytest.mark.parametrize("seed", range(8))
def test_changes_during_a_search_store_what_a_rebuild_would(
    seed: int, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Match, "MOST", 3)
    visitors = Visitors(seed, admin)
    prepare = MatchSearch.prepare

    def slowly(search: MatchSearch, keys: Iterable[int]) -> None:
        prepare(search, keys)
        if visitors.random.random() < 0.5:
            visitors.act()
        if visitors.random.random() < 0.5:  # an upload that compares its own picture at once
            follower.catch_up([image.pk for image in visitors.some()], share=0)

    monkeypatch.setattr(MatchSearch, "prepare", slowly)
    for _ in range(20):
        visitors.act()
        follower.compare_batch(visitors.random.randint(1, 6))
    monkeypatch.undo()
    monkeypatch.setattr(Match, "MOST", 3)
    follower.finish()
    assert not follower.is_behind()
    followed = stored()
    assert followed == rebuilt()


@COMMITTED
def test_others_write_while_matches_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    add(picture(1, variant) for variant in range(3))
    prepare = MatchSearch.prepare

    def while_others_write(search: MatchSearch, keys: Iterable[int]) -> None:
        prepare(search, keys)
        assert not connection.in_atomic_block
        assert all_at_once(lambda: bool(add([picture(2)]))) == [True]

    monkeypatch.setattr(MatchSearch, "prepare", while_others_write)
    assert follower.compare_batch(2).left == 4 - 2  # searched again inside the transaction
    monkeypatch.undo()
    follower.finish()
    assert stored() == rebuilt()


@COMMITTED
def test_a_request_leaves_a_long_list_to_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    follower.catch_up()
    monkeypatch.setattr(follower, "MOST_LISTED", 3)
    add(picture(1, variant) for variant in range(4))
    assert follower.catch_up() == 4
    assert not PendingMatch.objects.exists()
    assert follower.count_waiting() == 4
    assert follower.is_waiting(Image.objects.latest("pk").pk)
    assert follower.compare_batch(1).left == 3
    assert follower.catch_up() == 0


@COMMITTED
def test_what_is_left_is_told_and_worked_off() -> None:
    add(picture(1, variant) for variant in range(5))
    assert follower.catch_up(share=2) == 3
    assert follower.catch_up(share=2) == 1
    assert follower.catch_up(share=2) == 0
    follower.finish()
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
    follower.finish()
    assert stored() == rebuilt()


@COMMITTED
def test_nothing_is_written_where_nothing_changed(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    add(picture(1, variant) for variant in range(3))
    follower.catch_up()
    with django_assert_num_queries(1):
        assert follower.catch_up() == 0


@COMMITTED
def test_two_rows_of_the_log_are_never_made() -> None:
    follower.catch_up()
    follower.catch_up()
    assert LogPosition.objects.count() == 1
    assert not PendingMatch.objects.exists()
    assert not Verdict.objects.exists()
