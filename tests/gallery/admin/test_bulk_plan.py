"""The signed plan of a bulk decision."""

import pytest
from django.contrib.auth.models import User

from gallery.admin.bulk_plan import BulkPlan
from gallery.decisions.exceptions import InvalidRequest

RAE, SAM = User(pk=1), User(pk=2)
PLAN = BulkPlan(user=1, as_of=9, is_apart=False, clusters=[[5, 6], [7, 8, 9]])


def test_comes_back_as_it_was() -> None:
    assert BulkPlan.of_signed(PLAN.signed, RAE) == PLAN


@pytest.mark.parametrize("text", ["", "x", PLAN.signed + "x"])
def test_changed_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="incomplete"):
        BulkPlan.of_signed(text, RAE)


def test_of_somebody_else_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="incomplete"):
        BulkPlan.of_signed(PLAN.signed, SAM)


def test_first_of_each_cluster_is_kept() -> None:
    assert PLAN.choices == [
        {5: "keep", 6: "trash"},
        {7: "keep", 8: "trash", 9: "trash"},
    ]


def test_apart_nothing_is_trashed() -> None:
    plan = BulkPlan(1, 9, is_apart=True, clusters=[[5, 6]])
    assert plan.choices == [dict.fromkeys((5, 6), "not_a_duplicate")]
