"""Decisions as forms post them."""

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from gallery.decisions.exceptions import InvalidRequest
from gallery.review.decision_form import (
    MOST_SENT,
    chosen_to_leave,
    decision_request,
    keep_one,
    split_request,
)
from gallery.review.decision_request import Choice

REVIEWER = User(pk=1, username="rae")
TWO = "choice-5=keep&choice-6=trash"


def choices(query: str) -> dict[int, str]:
    return dict(decision_request(QueryDict(query), REVIEWER).choices)


class TestDecision:
    def test_all_parts(self) -> None:
        request = decision_request(QueryDict(f"{TWO}&merge=1&as_of=9"), REVIEWER)
        assert request.choices == {5: Choice.KEEP, 6: Choice.TRASH}
        assert (request.reviewer, request.merge, request.as_of) == (REVIEWER, True, 9)
        assert (request.kept, request.trashed) == ([5], [6])

    def test_left_out_parts(self) -> None:
        request = decision_request(QueryDict(TWO), REVIEWER)
        assert (request.merge, request.as_of) == (False, None)

    @pytest.mark.parametrize(
        ("query", "chosen"),
        [
            (TWO, {5: "keep", 6: "trash"}),
            (f"{TWO}&all=related", {5: "related", 6: "related"}),
            (f"{TWO}&accept=6", {5: "trash", 6: "keep"}),
            (f"{TWO}&rest=7+8", {5: "keep", 6: "trash"}),
            (f"{TWO}&preview=1", {5: "keep", 6: "trash"}),
            (f"{TWO}&rest=7&preview=7", {5: "trash", 6: "trash", 7: "keep"}),
            (f"{TWO}&rest=7&preview=related", dict.fromkeys((5, 6, 7), "related")),
        ],
    )
    def test_buttons(self, query: str, chosen: dict[int, str]) -> None:
        assert choices(query) == chosen

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "as_of=9",
            f"{TWO}&as_of=x",
            "choice-x=keep",
            "choice-5=burn",
            f"{TWO}&all=burn",
            f"{TWO}&accept=7",
            f"{TWO}&accept=x",
            f"{TWO}&preview=7",
            f"{TWO}&rest=7+x",
        ],
    )
    def test_what_no_page_sends_is_refused(self, query: str) -> None:
        with pytest.raises(InvalidRequest, match="Nothing was changed"):
            choices(query)

    def test_too_many_pictures(self) -> None:
        rest = "+".join(["7"] * (MOST_SENT + 1))
        with pytest.raises(InvalidRequest, match=r"10,001 \(limit 10,000\)"):
            choices(f"{TWO}&rest={rest}")


class TestSplit:
    def test_both_parts(self) -> None:
        request = split_request(QueryDict("stay=5+6&leave=7&as_of=9"), REVIEWER)
        assert (request.stay, request.leave, request.as_of) == ([5, 6], [7], 9)

    @pytest.mark.parametrize(
        "query",
        ["", "stay=5&leave=7", "stay=5&as_of=9", "stay=x&leave=7&as_of=9"],
    )
    def test_incomplete(self, query: str) -> None:
        with pytest.raises(InvalidRequest, match="incomplete"):
            split_request(QueryDict(query), REVIEWER)


def test_address_of_a_split_ignores_anything_else() -> None:
    assert chosen_to_leave(QueryDict("leave=5&leave=x&leave=7")) == [5, 7]


def test_keeping_one_trashes_the_others() -> None:
    assert keep_one([5, 6, 7], 6) == {5: "trash", 6: "keep", 7: "trash"}
