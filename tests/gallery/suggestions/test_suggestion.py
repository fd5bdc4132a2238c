"""Which copy is suggested, and the reasons that are given."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.suggestions.copy_facts import CAMERA_TAGS, CopyFacts
from gallery.suggestions.policy import Policy, Preference
from gallery.suggestions.suggestion import suggest
from hashing.pictures import Companion, Holdings

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def copy(key: int, **known: Any) -> CopyFacts:
    known = {"created_at": NOON, "pixels": 1000, "format": "JPEG", **known}
    return CopyFacts(key, **known)


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


class TestBestQuality:
    @pytest.mark.parametrize(
        ("better", "worse", "reason"),
        [
            ({"pixels": 6300}, {"pixels": 1000}, "6.3× the pixels"),
            ({"pixels": 1010}, {"pixels": 1000}, "more pixels"),
            ({}, {"pixels": 0}, "can be opened"),
            ({"format": "PNG", "byte_size": 1500}, {"jpeg_quality": 75}, "lossless"),
            ({"jpeg_quality": 90}, {"format": "PNG", "byte_size": 800}, "JPEG quality 90"),
            ({"format": "HEIF"}, {"format": "WEBP"}, "original camera format"),
            ({"jpeg_quality": 92}, {"jpeg_quality": 75}, "JPEG quality 92 instead of 75"),
            (
                {"format": "WEBP", "byte_size": 900},
                {"format": "WEBP", "byte_size": 500},
                "less compressed",
            ),
            ({"is_dated": True}, {}, "has a date"),
            ({"words": 2}, {"words": 1}, "more tags and text"),
            ({}, {"created_at": after(1)}, "older upload"),
        ],
    )
    def test_each_criterion(
        self, better: dict[str, Any], worse: dict[str, Any], reason: str
    ) -> None:
        found = suggest([copy(1, **worse), copy(2, **better)])
        assert found
        assert (found.key, found.reasons[0]) == (2, reason)

    def test_earlier_criteria_outweigh_later_ones(self) -> None:
        first = copy(1, pixels=6300, is_dated=False, created_at=after(1))
        second = copy(2, pixels=1000, is_dated=True)
        found = suggest([first, second])
        assert found
        assert (found.key, found.reason) == (1, "6.3× the pixels")

    def test_bars_are_no_gain(self) -> None:
        found = suggest([copy(1, pixels=1000), copy(2, pixels=2000, is_framed=True)])
        assert found.key == 1
        assert found.reasons[0] == "no border or caption"

    def test_the_dark_edge_of_a_picture_is_lost_in_a_thumbnail(self) -> None:
        edged = copy(1, pixels=481 * 321, size=(481, 321), is_framed=True)
        found = suggest([edged, copy(2, pixels=48 * 32, size=(48, 32))])
        assert found
        assert found.key == 1

    def test_bars_of_which_a_copy_as_large_knows_nothing_belong_to_the_picture(self) -> None:
        plain_edged = copy(1, size=(50, 20), is_framed=True, jpeg_quality=90)
        found = suggest([plain_edged, copy(2, size=(50, 20), jpeg_quality=80)])
        assert found
        assert (found.key, found.reason) == (1, "JPEG quality 90 instead of 80")

    def test_all_that_speaks_for_it_is_said(self) -> None:
        found = suggest([copy(1, pixels=6300, is_dated=True), copy(2, created_at=after(9))])
        assert found
        assert found.reason == "6.3× the pixels, has a date, older upload"

    def test_nearly_equal_sizes_say_nothing(self) -> None:
        known = {"format": "WEBP", "byte_size": 1000}
        assert suggest([copy(1, **known), copy(2, **known | {"byte_size": 1001})]) is None


class TestPolicies:
    def test_each(self) -> None:
        small = copy(1, byte_size=10, created_at=after(1), albums=frozenset(["Summer"]))
        old = copy(2, byte_size=30, owner="ann")
        new = copy(3, byte_size=20, created_at=after(2), pixels=2000)
        chosen = {"smallest": 1, "oldest": 2, "newest": 3, "best": 3}
        chosen |= {"album:summer": 1, "owner:Ann": 2, "album:Winter": 3}
        for text, key in chosen.items():
            found = suggest([small, old, new], Preference.parse(text))
            assert found
            assert found.key == key, text

    def test_preferred_album_is_the_first_reason(self) -> None:
        pair = [copy(1, albums=frozenset(["Summer"])), copy(2, pixels=9000)]
        found = suggest(pair, Preference(Policy.ALBUM, "Summer"))
        assert found
        assert found.reason == "in the album Summer"


candidates = st.lists(
    st.builds(
        copy,
        st.integers(0, 9),
        pixels=st.sampled_from([0, 1000, 2000]),
        byte_size=st.sampled_from([0, 100, 900]),
        format=st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]),
        is_dated=st.booleans(),
        jpeg_quality=st.sampled_from([0, 75, 95]),
        earlier_quality=st.sampled_from([0, 74]),
        is_framed=st.booleans(),
        size=st.sampled_from([(50, 20), (55, 25)]),
        inside=st.sampled_from([(0, 0), (40, 18)]),
        content=st.sampled_from(["a", "b"]),
        enlarged_from=st.sampled_from(["", "a"]),
        created_at=st.sampled_from([NOON, after(1)]),
    ),
    max_size=5,
    unique_by=lambda copy_facts_of: copy_facts_of.key,
)


@given(candidates, st.sampled_from([p for p in Policy if p not in ("album", "owner")]))
def test_order_does_not_matter_and_ties_suggest_nothing(
    copies: list[CopyFacts], policy: Policy
) -> None:
    preference = Preference(policy)
    found = suggest(copies, preference)
    assert suggest(copies[::-1], preference) == found
    if found:
        assert found.reasons
        twin = next(copy for copy in copies if copy.key == found.key)
        assert suggest([*copies, copy(99, **_known(twin))], preference) is None


def _known(copy_facts_of: CopyFacts) -> dict[str, Any]:
    return {name: value for name, value in vars(copy_facts_of).items() if name != "key"}


def test_one_alone_needs_no_suggestion() -> None:
    assert suggest([]) is suggest([copy(1)]) is None


class TestHoldings:
    """A copy that lacks what another one holds is never suggested."""

    @pytest.mark.parametrize(
        ("held", "reason"),
        [
            ({"companions": (Companion.VIDEO,)}, "has a video"),
            ({"companions": (Companion.GAIN_MAP, Companion.VIDEO)}, "has a gain map and a video"),
            ({"depth": 16}, "has 16 bits"),
            ({"colours": "p3"}, "has a colour profile"),
            ({"is_transparent": True}, "has transparency"),
            ({"frames": 9}, "has an animation"),
            ({"tags": CAMERA_TAGS}, "has camera data"),
        ],
    )
    def test_each(self, held: dict[str, Any], reason: str) -> None:
        rich = copy(1, jpeg_quality=60, created_at=after(9), holdings=Holdings(**held))
        found = suggest([rich, copy(2, jpeg_quality=95)])
        assert found
        assert (found.key, found.reasons[0]) == (1, reason)

    def test_nothing_is_suggested_if_each_lacks_something(self) -> None:
        deep = copy(1, pixels=9000, holdings=Holdings(depth=16))
        moving = copy(2, holdings=Holdings(companions=(Companion.VIDEO,)))
        assert suggest([deep, moving]) is None

    def test_the_camera_data_of_a_thumbnail_does_not_count(self) -> None:
        thumbnail = copy(1, pixels=500, holdings=Holdings(tags=40))
        found = suggest([thumbnail, copy(2, pixels=1000)])
        assert found
        assert found.key == 2

    def test_the_smallest_file_says_what_would_be_lost(self) -> None:
        moving = copy(1, byte_size=900, holdings=Holdings(companions=(Companion.VIDEO,)))
        small = copy(2, byte_size=100)
        found = suggest([moving, small], Preference(Policy.SMALLEST))
        assert found
        assert (found.key, found.reasons) == (2, ("smaller file", "but without the video"))

    def test_other_preferences_are_no_exception(self) -> None:
        moving = copy(1, holdings=Holdings(companions=(Companion.VIDEO,)))
        found = suggest([moving, copy(2, created_at=after(9))], Preference(Policy.NEWEST))
        assert found
        assert found.key == 1
