"""A duplicate is worded for the viewer whose file it is."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from gallery.models import Image
from gallery.uploads.outcomes import Outcome, OutcomeStatus, already_here
from hashing.exceptions import Refusal

OWNER = User(pk=1)


@pytest.mark.parametrize(
    ("image", "viewer", "code", "reason"),
    [
        (
            Image(owner=OWNER),
            OWNER,
            "duplicate",
            "You already have exactly this file.",
        ),
        (
            Image(owner=OWNER, trashed_at=timezone.now()),
            OWNER,
            "in_trash",
            "This exact file is in your trash. Restore it from there.",
        ),
        (
            Image(owner=OWNER),
            User(pk=2),
            "here",
            "Someone else has already uploaded this exact file.",
        ),
        (Image(), OWNER, "here", "Someone else has already uploaded this exact file."),
        (Image(), AnonymousUser(), "here", "Someone else has already uploaded this exact file."),
    ],
    ids=["own", "in the trash", "of someone else", "of nobody", "for a stranger"],
)
def test_duplicate(image: Image, viewer: User, code: str, reason: str) -> None:
    outcome = already_here("a.jpg", image, viewer)
    assert (outcome.status, outcome.code, outcome.reason) == ("duplicate", code, reason)
    assert (outcome.image, outcome.stored) == (image, None)


def test_refusal_rejects() -> None:
    outcome = Outcome.refused("a.jpg", Refusal("damaged", "This file is damaged."))
    assert outcome == Outcome.rejected("a.jpg", "damaged", "This file is damaged.")
    assert (outcome.status, outcome.image, outcome.stored) == ("rejected", None, None)


def test_only_a_stored_picture_counts_as_stored() -> None:
    image = Image()
    assert Outcome("a.jpg", OutcomeStatus.STORED, image).stored is image
