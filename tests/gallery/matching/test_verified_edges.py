"""Edges take the kinds that are known of their contents."""

from gallery.matching.nearest_matches import MatchEdge
from gallery.matching.verified_edges import with_kinds
from gallery.models import Match, MatchKind
from hashing.fingerprints import Alignment
from tests.gallery.match_rows import add, picture, verified


def test_known_contents_give_their_kind_and_others_stay(db: None) -> None:
    first, second, third = add([picture(1), picture(1, 1), picture(1, 2)])
    verified(first, second, MatchKind.ALTERED)
    edges = [
        MatchEdge(first.pk, other.pk, MatchKind.UNVERIFIED, Alignment(3), True, True)
        for other in (second, third)
    ]
    assert [edge.kind for edge in with_kinds(edges)] == [MatchKind.ALTERED, MatchKind.UNVERIFIED]
    assert not Match.objects.exists()
