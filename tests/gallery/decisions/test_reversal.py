"""Undo and redo: whatever is done can be undone, and nothing is lost."""

import os
import random
from itertools import combinations

import pytest
from django.contrib.auth.models import User

from gallery import library
from gallery.decisions import reversal
from gallery.models import Album, Image, Tag
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from tests.gallery.review_walks import Walk, facts

# For a long run: REVIEW_STEPS=10000 pytest tests/gallery/decisions/test_reversal.py -k random
STEPS = int(os.environ.get("REVIEW_STEPS", 300))


@pytest.mark.parametrize("start", range(max(1, STEPS // 100)))
@pytest.mark.slow
def test_random_steps_lose_nothing_and_can_all_be_undone(filled: User, start: int) -> None:
    walk = Walk(random.Random(start))
    for _ in range(min(STEPS, 100)):
        walk.step()
    walk.undo_everything()
    walk.check_start()
    walk.check()


def test_older_decision_is_undone_beneath_a_later_one(filled: User) -> None:
    rae = User.objects.get(username="rae")
    b, c, a = Image.objects.order_by("pk")[:3]
    before = facts()
    first = deciding.decide(
        DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae, merge=True)
    )
    second = deciding.decide(
        DecisionRequest({a.pk: Choice.KEEP, c.pk: Choice.TRASH}, rae, merge=True)
    )
    step = reversal.undo(first.pk, rae)
    assert step.changed_since == 1  # the description, which the second decision has extended
    assert not Image.objects.get(pk=b.pk).is_trashed
    assert Image.objects.get(pk=c.pk).is_trashed
    reversal.undo(second.pk, rae)
    assert facts() == before


def test_values_changed_by_hand_are_left_alone(filled: User) -> None:
    rae = User.objects.get(username="rae")
    a, b = Image.objects.order_by("pk")[1:3]
    decision = deciding.decide(
        DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae, merge=True)
    )
    Tag.objects.filter(images=b).first().images.remove(a)
    Album.objects.filter(images=b).delete()
    step = reversal.undo(decision.pk, rae)
    assert step.changed_since == 2
    assert not Image.objects.trashed().exists()


def test_redo_does_not_trash_the_last_copy(filled: User) -> None:
    rae = User.objects.get(username="rae")
    a, b = Image.objects.order_by("pk")[:2]
    decision = deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae))
    reversal.undo(decision.pk, rae)
    library.trash([a], rae)
    reversal.redo(decision.pk, rae)
    assert list(Image.objects.trashed()) == [a]


def test_decisions_are_undone_in_any_number(filled: User) -> None:
    rae = User.objects.get(username="rae")
    before = facts()
    made = [
        deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.RELATED}, rae))
        for a, b in combinations(Image.objects.order_by("pk")[:4], 2)
    ]
    for decision in reversed(made):
        reversal.undo(decision.pk, rae)
    assert facts() == before
