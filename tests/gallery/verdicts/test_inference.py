"""What follows from verdicts."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gallery.verdicts.inference import MOST_CONTENTS, inferred

NAMES = "abcdef"
KINDS = ("duplicate", "related", "not_a_duplicate")


def test_copy_of_a_copy_is_a_copy() -> None:
    said = [("a", "b", "duplicate"), ("b", "c", "duplicate")]
    assert inferred(said) == {("a", "c"): "duplicate"}


def test_what_is_no_copy_of_one_is_none_of_the_other() -> None:
    said = [("b", "a", "duplicate"), ("b", "c", "not_a_duplicate")]
    assert inferred(said) == {("a", "c"): "not_a_duplicate"}


def test_it_holds_for_all_copies_of_both() -> None:
    said = [("a", "b", "duplicate"), ("c", "d", "duplicate"), ("a", "c", "related")]
    expected = dict.fromkeys([("a", "d"), ("b", "c"), ("b", "d")], "related")
    assert inferred(said) == expected


def test_stronger_word_counts() -> None:
    said = [
        ("a", "b", "duplicate"),
        ("a", "c", "not_a_duplicate"),
        ("b", "d", "duplicate"),
        ("d", "c", "related"),
    ]
    assert inferred(said) == {("a", "d"): "duplicate", ("b", "c"): "not_a_duplicate"}


def test_nothing_follows_from_strangers_of_strangers() -> None:
    assert inferred([("a", "b", "not_a_duplicate"), ("b", "c", "related")]) == {}


def test_large_groups_are_left_alone() -> None:
    said = [("x", f"{number:03}", "duplicate") for number in range(MOST_CONTENTS)]
    assert inferred(said) == {}
    assert len(inferred(said[1:])) == (MOST_CONTENTS - 1) * (MOST_CONTENTS - 2) // 2


def by_definition(said: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return the same by asking of each pair what connects it."""

    def group(name: str) -> frozenset[str]:
        found = {name}
        while True:
            more = {n for p, k in said.items() if k == KINDS[0] and found & set(p) for n in p}
            if more <= found:
                return frozenset(found)
            found |= more

    expected = {}
    for a, b in combinations(NAMES, 2):
        between = {
            k for (c, d), k in said.items()
            if {group(a), group(b)} == {group(c), group(d)} and group(c) != group(d)
        }  # fmt: skip
        kind = KINDS[0] if group(a) == group(b) else max(between, key=KINDS.index, default="")
        if kind and (a, b) not in said:
            expected[a, b] = kind
    return expected


@given(
    st.dictionaries(
        st.sampled_from(list(combinations(NAMES, 2))), st.sampled_from(KINDS), max_size=9
    )
)
def test_any_verdicts(said: dict[tuple[str, str], str]) -> None:
    assert inferred((a, b, kind) for (a, b), kind in said.items()) == by_definition(said)
