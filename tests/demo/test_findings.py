"""Findings: which of them are misses and mistakes, and how they are printed."""

import pytest

from demo.findings import CopyFinding, PartFinding, TwinFinding


def copy(
    kind: str, *, is_changed: bool = False, first_class: bool = False, found: bool = False
) -> CopyFinding:
    return CopyFinding(
        name="sea-grey.jpg",
        original="sea.jpg",
        alteration="grey",
        first_class=first_class,
        is_changed=is_changed,
        kind=kind,
        sentence="in black and white" if kind else "",
        found=found,
    )


@pytest.mark.parametrize("kind", ["bytes", "pixels", "copy"])
def test_copies_have_to_be_found_as_copies(kind: str) -> None:
    assert not copy(kind).is_missed
    assert copy(kind, is_changed=True).is_missed


def test_changed_copies_have_to_be_found_as_altered_pictures() -> None:
    assert not copy("altered", is_changed=True).is_missed
    assert copy("altered").is_missed


@pytest.mark.parametrize("kind", ["", "similar", "unverified"])
def test_copies_that_are_no_more_than_similar_are_missed(kind: str) -> None:
    assert copy(kind).is_missed
    assert copy(kind, is_changed=True).is_missed


def test_first_class_copies_have_to_be_near_by_hash_too() -> None:
    assert copy("copy", first_class=True).is_missed
    assert not copy("copy", first_class=True, found=True).is_missed


def test_copies_are_printed_with_their_kind_and_sentence() -> None:
    words = "copy harder grey sea-grey.jpg in black and white"
    assert " ".join(copy("copy").as_text().split()) == words
    words = "MISSED harder grey sea-grey.jpg not found"
    assert " ".join(copy("").as_text().split()) == words


def test_parts_have_to_be_of_the_expected_relation() -> None:
    found = PartFinding("four.jpg", "sea.jpg", "contains", "contains", "shows this picture")
    other = PartFinding("four.jpg", "sea.jpg", "contains", "overlaps", "shares a part")
    missing = PartFinding("four.jpg", "sea.jpg", "contains", "", "")
    assert [part.is_missed for part in (found, other, missing)] == [False, True, True]
    words = "contains four.jpg of sea.jpg shows this picture"
    assert " ".join(found.as_text().split()) == words
    assert " ".join(missing.as_text().split()) == "MISSED four.jpg of sea.jpg not found"


@pytest.mark.parametrize(
    ("kind", "template", "is_mistaken"),
    [
        ("", "mug", False),
        ("altered", "mug", False),
        ("copy", "mug", True),
        ("pixels", "mug", True),
        ("altered", "", True),
        ("copy", "", True),
    ],
)
def test_different_pictures_are_never_copies(kind: str, template: str, is_mistaken: bool) -> None:
    twin = TwinFinding("red.jpg", "blue.jpg", template, kind)
    assert twin.is_mistaken is is_mistaken
    assert twin.as_text().split()[0] == ("MISTAKEN" if is_mistaken else kind or "no")
