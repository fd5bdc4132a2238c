"""Stored alignments, from either side."""

from gallery.matching import follower
from gallery.matching.alignments import EQUAL_CONTENT, alignments, matches_by_content
from gallery.models import Image, Match, MatchKind
from tests.gallery.match_rows import add, picture


def test_from_either_side(db: None) -> None:
    first, second, _ = add([picture(1), picture(1, 1), picture(2)])
    follower.finish()
    Match.objects.update(turn="left", other_framing="unframed")
    stored = alignments([first, second])
    there = stored[first.content_digest, second.content_digest]
    assert (there.turn, there.framing, there.other_framing) == ("left", "whole", "unframed")
    assert stored[second.content_digest, first.content_digest] == there.swapped()
    assert matches_by_content(first) == {second.content_digest: (MatchKind.COPY, there)}
    back = {first.content_digest: (MatchKind.COPY, there.swapped())}
    assert matches_by_content(second) == back


def test_of_a_copy_they_are_those_of_its_content(db: None) -> None:
    _, copy, other = add([picture(1), picture(1), picture(1, 1)])
    follower.finish()
    assert matches_by_content(copy)[other.content_digest].alignment.distance > 0
    # The star between the two copies aligns a content with itself.
    assert matches_by_content(copy)[copy.content_digest].alignment == EQUAL_CONTENT


def test_without_a_content_there_are_none(db: None) -> None:
    assert matches_by_content(Image()) == {}
    assert alignments([Image(), Image()]) == {}
