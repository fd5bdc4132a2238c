"""The copy to keep, and the reasons: the first criterion that differs decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gallery.models import Image, Provenance
from gallery.suggestions.copy_facts import CopyFacts, compared
from gallery.suggestions.criteria import Criterion, criteria_of
from gallery.suggestions.policy import Policy, Preference


@dataclass(frozen=True)
class Suggestion:
    """The primary key of the copy to keep, and the reasons in a few words each."""

    key: int
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        return ", ".join(self.reasons)


def suggestion(
    images: Iterable[Image],
    preference: Preference,
    provenances: Mapping[str, Provenance] | None = None,
) -> Suggestion | None:
    """
    Return which of `images`, their tags and albums prefetched, to keep; None on a tie.

    `provenances` holds the known provenance of their contents, by digest.
    """
    provenances = provenances or {}
    copies = [copy_facts_of(image, provenances.get(image.content_digest)) for image in images]
    return suggest(copies, preference)


def copy_facts_of(image: Image, provenance: Provenance | None = None) -> CopyFacts:
    """Return the facts of `image` that count when copies are compared."""
    provenance = provenance or Provenance()
    size = image.width or 0, image.height or 0
    albums = [album.name for album in image.albums.all()]
    texts = (image.title, image.description, image.alt_text)
    return CopyFacts(
        key=image.pk,
        created_at=image.created_at,
        pixels=size[0] * size[1],
        is_framed=bool(image.phash_unframed or image.phash_uncaptioned),
        byte_size=image.byte_size or 0,
        format=image.format,
        jpeg_quality=image.jpeg_quality or 0,
        is_dated=image.taken_at is not None,
        words=len(albums) + len(image.tags.all()) + sum(map(bool, texts)),
        albums=frozenset(albums),
        owner=image.owner.get_username() if image.owner else "",
        size=size,
        inside=(provenance.inner_width, provenance.inner_height),
        content=image.content_digest,
        enlarged_from=provenance.enlarged_from,
        earlier_quality=provenance.earlier_quality,
        holdings=image.held,
    )


def suggest(copies: Sequence[CopyFacts], preference: Preference | None = None) -> Suggestion | None:
    """
    Return which of `copies` to keep; None for a single copy, or if no criterion decides.

    A copy that lacks something that another one holds is never suggested, except as the smallest
    file. The reasons are the criteria in which no other copy is better.
    """
    preference = preference or Preference()
    criteria = criteria_of(preference)
    facts = compared(copies)
    may_lose = preference.policy == Policy.SMALLEST
    copies = facts if may_lose else [copy for copy in facts if not copy.lacks]
    ranks = {copy.key: tuple(criterion.value(copy) for criterion in criteria) for copy in copies}
    best = max(copies, key=lambda copy: ranks[copy.key], default=None)
    if best is None or len(facts) < 2 or list(ranks.values()).count(ranks[best.key]) > 1:
        return None
    others = [copy for copy in facts if copy.key != best.key]
    losses = (f"but without the {asset}" for asset in sorted(best.lacks))
    return Suggestion(best.key, (*_reasons(best, others, criteria), *losses))


def _reasons(best: CopyFacts, others: list[CopyFacts], criteria: list[Criterion]) -> list[str]:
    reasons = []
    for criterion in criteria:
        value = criterion.value(best)
        beaten = [copy for copy in others if criterion.value(copy) < value]
        if beaten and not any(criterion.value(copy) > value for copy in others):
            nearest = max(beaten, key=lambda copy: (criterion.value(copy), copy.key))
            reasons.append(criterion.words(best, nearest))
    return reasons
