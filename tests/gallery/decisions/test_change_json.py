"""Changes as JSON: every kind survives the round trip, and stays short."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.decisions.change_json import change_from_json, change_to_json
from gallery.decisions.changes import Change, ColumnChange, MembershipChange, VerdictChange
from gallery.decisions.targets import ALBUM, TAG, ImageColumn, Membership, PairVerdict
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Verdict

KEYS = st.integers(1, 2**63 - 1)
TEXTS = st.text(max_size=20)
MOMENTS = st.datetimes(timezones=st.just(UTC))
UUIDS = st.uuids().map(str)
DIGESTS = st.from_regex(r"px1:[0-9a-f]{8}", fullmatch=True)


def columns() -> st.SearchStrategy[Change]:
    moments = st.none() | MOMENTS
    names = st.sampled_from(["title", "description", "alt_text", "visibility"])
    texts = st.builds(ColumnChange, st.builds(ImageColumn, KEYS, names), TEXTS, TEXTS)
    trash = st.builds(ImageColumn, KEYS, st.just("trashed_at"))
    return texts | st.builds(ColumnChange, trash, moments, moments)


def memberships() -> st.SearchStrategy[Change]:
    targets = st.builds(Membership, st.sampled_from([TAG, ALBUM]), KEYS, KEYS)
    return st.builds(MembershipChange, targets, st.booleans(), st.booleans())


def verdict_changes() -> st.SearchStrategy[Change]:
    pairs = st.builds(PairVerdict, DIGESTS, DIGESTS, st.none() | st.tuples(UUIDS, UUIDS))
    values = st.none() | st.builds(
        VerdictValue,
        st.sampled_from(Verdict.Kind),
        st.none() | KEYS,
        MOMENTS,
        st.none() | KEYS,
        st.none() | KEYS,
        st.none() | st.tuples(TEXTS, TEXTS),
    )
    return st.builds(VerdictChange, pairs, values, values)


@given(columns() | memberships() | verdict_changes())
def test_round_trip(change: Change) -> None:
    row = json.loads(json.dumps(change_to_json(change)))
    restored = change_from_json(row)
    assert restored == change
    assert type(restored) is type(change)


def test_rows_are_short_lists() -> None:
    moment = datetime(2026, 5, 3, 12, tzinfo=UTC)
    trashed = ColumnChange(ImageColumn(5, "trashed_at"), None, moment)
    assert change_to_json(trashed) == ["image", 5, "trashed_at", None, moment.isoformat()]
    added = MembershipChange.adding(Membership(TAG, 5, 3))
    assert change_to_json(added) == ["tag", 5, 3, False, True]
    value = VerdictValue(Verdict.Kind.RELATED, 1, moment, 5, 6)
    given_now = VerdictChange(PairVerdict("px1:a", "px1:b"), None, value)
    assert change_to_json(given_now) == [
        *("verdict", "px1:a", "px1:b", None),
        ["related", 1, moment.isoformat(), 5, 6],
    ]


@pytest.mark.parametrize(
    "row",
    [
        None,
        [],
        ["shelf", 1, 2, False, True],
        ["tag", 1, 2, 0, 1],
        ["image", "1", "title", "", "a"],
        ["verdict", "a", "b", None, ["related"]],
        ["verdict", "a", "b", None, ["related", 1, "2026-05-03", 1, 2, "one file"]],
        ["verdict", "a", "b", None, ["nonsense", 1, "2026-05-03", 1, 2]],
    ],
)
def test_nothing_else_is_a_change(row: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (only that it is refused matters)
        change_from_json(row)
