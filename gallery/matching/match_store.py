"""Keep the stored matches in line with the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gallery.matching import match_rows
from gallery.matching.equal_contents import IS_STAR, star_edges, stars_around
from gallery.matching.match_rows import KeyPair, edges_at, edges_of
from gallery.matching.match_search import MatchSearch, matches_among_all
from gallery.matching.nearest_matches import MatchEdge, NearestMatches, nearest_of_all
from gallery.matching.verified_edges import with_kinds
from gallery.models import Image, Match

IS_NEAREST = ~IS_STAR


def renew(keys: Iterable[int], search: MatchSearch) -> set[int]:
    """
    Renew the matches of pictures that were added, changed or deleted, found by `search`.

    Returns their keys, and those of all pictures that gained or lost a match, or whose match has
    changed.
    """
    changed = set(keys)
    stars, stored_stars = stars_around(changed)
    # A picture gains all its matches, or loses them, when another one begins or ceases to
    # represent it.
    changed |= {edge.second for edge in stars} ^ {edge.second for edge in stored_stars.values()}
    nearest = edges_at(changed, IS_NEAREST)
    # Two pictures that have become equal are linked by a star from now on.
    match_rows.delete(nearest[edge.pair] for edge in stars if edge.pair in nearest)
    if {edge.pair: edge for edge in stars} != stored_stars:
        search.forget()  # whether a picture is a candidate depends on the stars
    in_stars = match_rows.store(stars, stored_stars)
    return changed | in_stars | _renew_nearest(changed, nearest, search)


def _renew_nearest(
    changed: set[int], stored: Mapping[KeyPair, MatchEdge], search: MatchSearch
) -> set[int]:
    """Search the matches of `changed` again; `stored` are the edges that they had."""
    matches = search.matches(changed)
    others = {key for pair in stored for key in pair}
    others |= {match.key for row in matches.values() for match in row}
    stored = {**stored, **edges_at(others - changed, IS_NEAREST)}
    nearest = NearestMatches(stored.values(), Match.MOST)
    nearest.remove(changed)
    for key, matches_of_key in matches.items():
        nearest.offer(key, matches_of_key)
    nearest.refill(search.matches_of)
    return match_rows.store(with_kinds(nearest.edges()), stored)


def all_edges() -> list[MatchEdge]:
    """Return all matches that should be stored, found by one join."""
    rows = Image.objects.order_by("pk").values_list("pk", "sha256", "content_digest")
    stars = star_edges(rows.iterator(chunk_size=10_000))
    matches = matches_among_all(edge.second for edge in stars)
    return [*stars, *with_kinds(nearest_of_all(matches, Match.MOST))]


def replace(edges: Iterable[MatchEdge]) -> None:
    """Store `edges` in the place of all stored ones; equal rows stay."""
    match_rows.store(edges, {edge.pair: edge for edge in edges_of(Match.objects.all())})
