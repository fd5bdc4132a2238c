"""Decisions written as letters, and what was said by them."""

from typing import Any

from django.contrib.auth.models import User

from gallery.models import Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest

LETTERS = {
    "l": Choice.LATER,
    "k": Choice.KEEP,
    "t": Choice.TRASH,
    "n": Choice.NOT_A_DUPLICATE,
    "r": Choice.RELATED,
}


def decide(images: list[Image], choices: str, user: User, **options: Any) -> Decision | None:
    """Decide by one letter a picture: (l)ater, (k)eep, (t)rash, (n)ot a duplicate, (r)elated."""
    keys = [image.pk for image in images]
    chosen = {key: LETTERS[letter] for key, letter in zip(keys, choices, strict=True)}
    return deciding.decide(DecisionRequest(chosen, user, **options))


def kinds(**conditions: Any) -> list[str]:
    return sorted(Verdict.objects.filter(**conditions).values_list("kind", flat=True))
