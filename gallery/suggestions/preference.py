"""Which copy the site prefers to keep, or this reviewer for now, and what is suggested so."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from gallery.conf import setting
from gallery.models import Image, Provenance
from gallery.suggestions.copy_facts import Candidate
from gallery.suggestions.provenance import Makings
from gallery.suggestions.suggestion import Preference, Suggestion, suggest

# Where the session keeps a reviewer's preference.
PREFERENCE = "keep"

Session = MutableMapping[str, Any]


def preference_of(session: Session) -> Preference:
    """Return what this reviewer chose in this session, else the site's preference."""
    try:
        return Preference.parse(session.get(PREFERENCE) or setting("KEEP"))
    except ValueError:
        return Preference()  # the site's setting is checked at the start


def prefer(session: Session, text: str) -> Preference:
    """Remember a preference for the session; raises ValueError for what is none."""
    preference = Preference.parse(text)
    session[PREFERENCE] = str(preference)
    return preference


def suggestion(
    images: Iterable[Image], preference: Preference, makings: Makings | None = None
) -> Suggestion | None:
    """Return which of `images` to keep, their tags and albums prefetched; None on a tie."""
    known = makings or {}
    candidates = [candidate(image, known.get(image.content_digest)) for image in images]
    return suggest(candidates, preference)


def candidate(image: Image, making: Provenance | None = None) -> Candidate:
    """Return what speaks for keeping `image`, of which it may be known how it was made."""
    making = making or Provenance()
    albums = [album.name for album in image.albums.all()]
    texts = (image.title, image.description, image.alt_text)
    return Candidate(
        key=image.pk,
        created_at=image.created_at,
        pixels=(image.width or 0) * (image.height or 0),
        is_framed=bool(image.phash_unframed or image.phash_uncaptioned),
        byte_size=image.byte_size or 0,
        format=image.format,
        jpeg_quality=image.jpeg_quality or 0,
        is_dated=image.taken_at is not None,
        words=len(albums) + len(image.tags.all()) + sum(map(bool, texts)),
        albums=frozenset(albums),
        owner=image.owner.get_username() if image.owner else "",
        size=(image.width or 0, image.height or 0),
        inside=(making.inner_width, making.inner_height),
        content=image.content_digest,
        enlarged_from=making.enlarged_from,
        earlier_quality=making.earlier_quality,
    )
