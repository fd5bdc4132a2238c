"""Decisions about clusters."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gallery import review
from gallery.models import Image, Verdict
from gallery.review import Choice, Conflict
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.fixture
def trio(add_image: AddImage) -> list[Image]:
    return [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]


def decide(images: list[Image], choices: str, user: User) -> review.Decision:
    """Decide by one letter a picture: (l)ater, (k)eep, (t)rash, (n)ot a duplicate."""
    letters = {choice.value[0]: choice for choice in Choice}
    keys = [image.pk for image in images]
    return review.decide({k: letters[c] for k, c in zip(keys, choices, strict=True)}, user)


def kinds() -> list[str]:
    return sorted(Verdict.objects.values_list("kind", flat=True))


def test_kept_and_trashed_are_duplicates(trio: list[Image], reviewer: User) -> None:
    decision = decide(trio, "ktt", reviewer)
    assert set(decision.trashed) == set(trio[1:])
    assert list(Image.objects.untrashed()) == trio[:1]
    assert kinds() == ["duplicate", "duplicate"]


def test_kept_side_by_side_are_related(trio: list[Image], reviewer: User) -> None:
    assert len(decide(trio, "kkk", reviewer).verdicts) == 3
    assert kinds() == ["related"] * 3
    assert Image.objects.untrashed().count() == 3


def test_later_says_nothing(trio: list[Image], reviewer: User) -> None:
    decision = decide(trio, "lll", reviewer)
    assert (decision.trashed, decision.verdicts) == ([], [])
    assert LogEntry.objects.count() == 0


def test_not_a_duplicate_is_so_of_all_others(trio: list[Image], reviewer: User) -> None:
    decide(trio, "nll", reviewer)
    assert kinds() == ["not_a_duplicate"] * 2


def test_last_one_stays(trio: list[Image], reviewer: User) -> None:
    with pytest.raises(Conflict, match="has to stay"):
        decide(trio, "ttt", reviewer)
    assert Image.objects.untrashed().count() == 3
    assert not Verdict.objects.exists()


def test_second_reviewer_is_told(trio: list[Image], reviewer: User, admin: User) -> None:
    decide(trio, "ktt", reviewer)
    with pytest.raises(Conflict, match="2 of these pictures went to the trash"):
        decide(trio, "tkt", admin)
    assert list(Image.objects.untrashed()) == trio[:1]


def test_new_verdict_replaces_the_old_one(trio: list[Image], reviewer: User, admin: User) -> None:
    decide(trio[:2], "kk", reviewer)
    decide(trio[:2], "nn", admin)
    verdict = Verdict.objects.get()
    assert (verdict.kind, verdict.decided_by) == ("not_a_duplicate", admin)
    assert verdict.first_digest < verdict.second_digest


def test_restore_brings_everything_back(trio: list[Image], reviewer: User) -> None:
    before = list(Image.objects.order_by("pk").values())
    decide(trio, "ktt", reviewer)
    review.restore(trio, reviewer)
    assert list(Image.objects.order_by("pk").values()) == before


def test_log_says_who_did_it(trio: list[Image], reviewer: User) -> None:
    decide(trio, "kkt", reviewer)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (reviewer, str(trio[2].pk))
    assert entry.get_change_message() == "Trashed as a duplicate"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.text("lktn", min_size=3, max_size=3), st.booleans()), max_size=8))
def test_any_sequence_loses_nothing(
    trio: list[Image], reviewer: User, steps: list[tuple[str, bool]]
) -> None:
    review.restore(Image.objects.trashed(), reviewer)
    facts = list(Image.objects.order_by("pk").values("pk", "file", "title", "phash"))
    for choices, restores in steps:
        here = list(Image.objects.untrashed().order_by("pk"))
        if set(choices[: len(here)]) != {"t"}:
            decide(here, choices[: len(here)], reviewer)
        assert Image.objects.untrashed().exists()
        if restores:
            review.restore(Image.objects.trashed(), reviewer)
    assert list(Image.objects.order_by("pk").values("pk", "file", "title", "phash")) == facts
