"""What a reviewer did since their last long break."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery import library
from gallery.decisions import journal, reversal
from gallery.models import Decision, Image
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from gallery.review.session import ReviewSession
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.fixture
def pairs(add_image: AddImage) -> list[list[Image]]:
    return [[add_image(upload(seed, quality=q)) for q in (90, 30)] for seed in range(3)]


def decide(pair: list[Image], user: User, minutes_ago: float = 0) -> Decision:
    decision = deciding.decide(DecisionRequest({pair[0].pk: "keep", pair[1].pk: "trash"}, user))
    made_at = timezone.now() - timedelta(minutes=minutes_ago)
    Decision.objects.filter(pk=decision.pk).update(made_at=made_at)
    return decision


def test_nothing_yet(reviewer: User) -> None:
    session = ReviewSession(reviewer)
    assert (session.reviewed, session.trashed) == (0, {"count": 0, "bytes": 0})
    assert not session.is_time_to_look_back
    assert session.pace.a_minute == 0


def test_counts_what_stands_of_ones_own(
    pairs: list[list[Image]], reviewer: User, admin: User
) -> None:
    decide(pairs[0], reviewer)
    taken_back = decide(pairs[1], reviewer)
    reversal.undo(taken_back.pk, reviewer)
    decide(pairs[2], admin)
    session = ReviewSession(reviewer)
    assert session.reviewed == 1
    assert session.trashed == {"count": 1, "bytes": pairs[0][1].byte_size}


def test_begins_after_the_last_long_break(pairs: list[list[Image]], reviewer: User) -> None:
    for pair, minutes in zip(pairs, (60, 20, 10), strict=True):
        decide(pair, reviewer, minutes)
    assert ReviewSession(reviewer).reviewed == 2


def test_many_at_once_count_each(pairs: list[list[Image]], reviewer: User) -> None:
    clusters = [{pair[0].pk: "keep", pair[1].pk: "trash"} for pair in pairs]
    deciding.accept(clusters, reviewer)
    session = ReviewSession(reviewer)
    assert (session.reviewed, session.trashed["count"]) == (3, 3)
    assert session.pace.a_minute == 0


def test_time_to_look_back(
    pairs: list[list[Image]], reviewer: User, settings: pytest.FixtureRequest
) -> None:
    settings.GALLERY = {"CONTACT_SHEET_AFTER": 2}
    for pair, is_time in zip(pairs, (False, True, False), strict=True):
        decide(pair, reviewer)
        assert ReviewSession(reviewer).is_time_to_look_back is is_time


def test_newest_of_all_and_last_of_ones_own(
    pairs: list[list[Image]],
    reviewer: User,
    admin: User,
    ann: User,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    assert (ReviewSession(reviewer).as_of, ReviewSession(reviewer).last) == (0, None)
    old = decide(pairs[0], reviewer, minutes_ago=3 * 24 * 60)
    trashed = library.trash([pairs[1][0]], reviewer)
    taken_back = decide(pairs[2], reviewer)
    reversal.undo(taken_back.pk, reviewer)
    newest = library.trash([pairs[2][1]], admin)
    with django_assert_num_queries(1):
        session = ReviewSession(reviewer)
        assert (session.as_of, session.last.pk) == (newest.pk, trashed.pk)
        assert session.last.summary == trashed.summary
        assert session.reviewed == 0
    reversal.undo(trashed.pk, reviewer)
    assert ReviewSession(reviewer).last.pk == old.pk
    assert ReviewSession(reviewer).as_of == journal.position()
    assert (ReviewSession(ann).as_of, ReviewSession(ann).last) == (journal.position(), None)
