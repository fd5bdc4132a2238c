"""The criteria of each policy."""

from datetime import UTC, datetime

import pytest

from gallery.suggestions.copy_facts import CopyFacts
from gallery.suggestions.criteria import QUALITY, criteria_of
from gallery.suggestions.policy import Policy, Preference

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("policy", Policy)
def test_every_policy_has_criteria(policy: Policy) -> None:
    criteria = criteria_of(Preference(policy, "Sea" if policy.is_named else ""))
    assert criteria
    assert (criteria[-len(QUALITY) :] == QUALITY) is (policy == "best" or policy.is_named)


def test_names_are_compared_in_any_case() -> None:
    copy = CopyFacts(1, NOON, albums=frozenset({"SEA"}), owner="Ann")
    for policy, name in ((Policy.ALBUM, "sea"), (Policy.OWNER, "ANN")):
        criterion = criteria_of(Preference(policy, name))[0]
        assert criterion.value(copy)
        assert name in criterion.words(copy, copy)
