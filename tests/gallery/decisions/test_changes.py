"""Changes: their inverses, when they apply, and what an earlier undo makes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gallery.decisions.changes import Change, ColumnChange, MembershipChange, VerdictChange
from gallery.decisions.targets import TAG, ImageColumn, Membership, PairVerdict
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Image, Verdict

MOMENT = datetime(2026, 5, 3, 12, tzinfo=UTC)
VALUE = VerdictValue(Verdict.Kind.RELATED, 1, MOMENT, 5, 6)
TITLE = ColumnChange(ImageColumn(5, "title"), "Old", "New")
TRASHED = ColumnChange(ImageColumn(5, "trashed_at"), None, MOMENT)
TAGGED = MembershipChange.adding(Membership(TAG, 5, 3))
GIVEN = VerdictChange(PairVerdict("px1:a", "px1:b"), None, VALUE)


@pytest.mark.parametrize("change", [TITLE, TRASHED, TAGGED, GIVEN])
def test_inverse_leads_back(change: Change) -> None:
    assert change.inverse.before == change.after
    assert change.inverse.after == change.before
    assert change.inverse.target == change.target
    assert change.inverse.inverse == change


def test_only_pictures_change_themselves() -> None:
    assert [change.image for change in (TITLE, TRASHED, TAGGED, GIVEN)] == [5, 5, 5, None]


def test_trashing_and_restoring() -> None:
    assert [change.trashes for change in (TITLE, TRASHED, TAGGED, GIVEN)] == [False, True] + [
        False
    ] * 2
    assert TRASHED.inverse.restores
    assert not TRASHED.restores
    assert not TITLE.inverse.restores


def test_column_of_a_picture() -> None:
    image = Image(pk=7, title="Old")
    assert ColumnChange.of(image, "title", "New") == replace(TITLE, target=ImageColumn(7, "title"))


class TestAppliesTo:
    def test_value_from_before(self) -> None:
        assert TITLE.applies_to("Old")
        assert not TITLE.applies_to("By hand")
        assert TAGGED.applies_to(False)
        assert not TAGGED.applies_to(True)

    def test_no_verdict(self) -> None:
        assert GIVEN.applies_to(None)
        assert not GIVEN.applies_to(VALUE)
        assert not GIVEN.inverse.applies_to(None)

    def test_verdict_whose_pictures_and_people_are_deleted(self) -> None:
        bare = replace(VALUE, decided_by=None, first=None, second=None)
        assert GIVEN.inverse.applies_to(bare)

    def test_other_verdict(self) -> None:
        for other in (
            replace(VALUE, kind=Verdict.Kind.DUPLICATE),
            replace(VALUE, decided_at=MOMENT + timedelta(microseconds=1)),
        ):
            assert not GIVEN.inverse.applies_to(other)


class TestRebased:
    """Of two decisions on one target the first is undone: the second keeps the value before it."""

    later = ColumnChange(TITLE.target, "New", "Newer")

    def test_starts_from_the_value_before_both(self) -> None:
        assert self.later.rebased(TITLE.inverse) == ColumnChange(TITLE.target, "Old", "Newer")

    def test_stays_if_somebody_changed_the_value_in_between(self) -> None:
        by_hand = ColumnChange(TITLE.target, "By hand", "Newer")
        assert by_hand.rebased(TITLE.inverse) == by_hand

    def test_stays_if_nothing_was_undone_there(self) -> None:
        assert self.later.rebased(None) == self.later

    def test_verdict(self) -> None:
        newer = replace(VALUE, kind=Verdict.Kind.DUPLICATE, decided_at=MOMENT + timedelta(days=1))
        later = VerdictChange(GIVEN.target, VALUE, newer)
        assert later.rebased(GIVEN.inverse) == VerdictChange(GIVEN.target, None, newer)
