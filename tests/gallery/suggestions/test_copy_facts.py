"""What follows from comparing copies: which are originals, and which were re-saved."""

from datetime import UTC, datetime
from typing import Any

from gallery.suggestions.copy_facts import CopyFacts, is_lossless
from gallery.suggestions.suggestion import suggest

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def copy(key: int, **known: Any) -> CopyFacts:
    known = {"created_at": NOON, "pixels": 1000, "format": "JPEG", **known}
    return CopyFacts(key, **known)


def test_palettes_are_not_lossless() -> None:
    assert is_lossless("PNG", 1000, 1000)
    assert not is_lossless("PNG", 999, 1000)
    assert not is_lossless("JPEG", 9000, 1000)


class TestOriginals:
    def test_an_enlarged_copy_is_not_better(self) -> None:
        small = copy(1, pixels=1000, content="a")
        large = copy(2, pixels=4000, content="b", enlarged_from="a")
        found = suggest([small, large])
        assert found
        assert (found.key, found.reason) == (1, "the larger copy is only an upscale")

    def test_unless_what_it_was_made_of_is_not_there(self) -> None:
        large = copy(2, pixels=4000, content="b", enlarged_from="gone")
        found = suggest([copy(1, pixels=1000, content="a"), large])
        assert found
        assert found.key == 2

    def test_a_larger_one_that_was_not_enlarged_is_better_than_either(self) -> None:
        small = copy(1, pixels=1000, content="a")
        enlarged = copy(2, pixels=9000, content="b", enlarged_from="a")
        found = suggest([small, enlarged, copy(3, pixels=4000, content="c")])
        assert found
        assert found.key == 3
        assert found.reason == "the larger copy is only an upscale"

    def test_of_two_in_bars_that_show_as_much_the_wider_bars_were_added(self) -> None:
        known = {"is_framed": True}
        own = copy(1, size=(500, 400), inside=(480, 380), pixels=200_000, **known)
        more = copy(2, size=(550, 440), inside=(478, 382), pixels=242_000, **known)
        found = suggest([own, more])
        assert found
        assert (found.key, found.reason) == (1, "no border added")

    def test_a_larger_picture_in_bars_is_no_bordered_copy(self) -> None:
        own = copy(1, size=(500, 400), inside=(480, 380), pixels=200_000)
        more = copy(2, size=(550, 440), inside=(528, 418), pixels=242_000)
        found = suggest([own, more])
        assert found
        assert found.key == 2

    def test_saved_again_at_a_higher_quality(self) -> None:
        again = copy(2, jpeg_quality=95, earlier_quality=74)
        found = suggest([copy(1, jpeg_quality=75), again])
        assert found
        assert (found.key, found.reason) == (1, "never re-saved")

    def test_saved_again_of_a_worse_copy(self) -> None:
        again = copy(2, jpeg_quality=95, earlier_quality=60)
        found = suggest([copy(1, jpeg_quality=75), again])
        assert found
        assert found.key == 1
        assert found.reason == ("JPEG quality 75 instead of 60 before re-saving, never re-saved")

    def test_saved_again_of_a_better_copy(self) -> None:
        again = copy(2, jpeg_quality=95, earlier_quality=85)
        found = suggest([copy(1, jpeg_quality=75), again])
        assert found
        assert found.key == 2
        assert found.reasons[0] == "never saved below JPEG quality 85"

    def test_saved_again_of_what_was_saved_again(self) -> None:
        first = copy(1, jpeg_quality=70, earlier_quality=45)
        second = copy(2, jpeg_quality=90, earlier_quality=69)
        found = suggest([first, second])
        assert found
        assert (found.key, found.reason) == (1, "re-saved fewer times")

    def test_two_saved_again_of_one(self) -> None:
        copies = [copy(n, jpeg_quality=60 + n, earlier_quality=45) for n in (1, 9)]
        found = suggest(copies)
        assert found
        assert (found.key, found.reason) == (9, "last saved at a higher quality")

    def test_a_lossless_copy_of_a_jpeg_is_not_better(self) -> None:
        png = copy(2, format="PNG", byte_size=1500, earlier_quality=91)
        found = suggest([copy(1, jpeg_quality=92), png])
        assert found
        assert (found.key, found.reason) == (1, "never re-saved")

    def test_equal_originals_are_a_tie_as_before(self) -> None:
        assert suggest([copy(n, jpeg_quality=90, content="a") for n in (1, 2)]) is None
