"""Putting pictures on a tag, or in an album, together and with a way back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from gallery import decisions
from gallery.decisions import SHELVES, TAG, Cell, Part
from gallery.library.collections import get_or_create_named
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member


@transaction.atomic
def put_on(images: Sequence[Image], kind: str, name: str, user: Member) -> Decision | None:
    """
    Put `images` on the tag, or in the album, called `name`, which is made where it is missing.

    `kind` is TAG or ALBUM. Returns None if all of them are there already.
    """
    decisions.lock()
    (shelf,) = get_or_create_named(SHELVES[kind], [name], user)
    here = decisions.lock_images(image.pk for image in images)
    places = [(kind, key, shelf.pk) for key in sorted(here)]
    now = decisions.read(places)
    changes = [Cell(place, False, True) for place in places if not now.get(place)]
    if not changes:
        return None
    parts = [Part(cell.place[1], DecisionItem.Fate.CONCERNED) for cell in changes]
    where = f"on the tag “{shelf.name}”" if kind == TAG else f"in the album “{shelf.name}”"
    summary = f"put {len(parts)} {where}"
    return decisions.record(Decision.Action.SORT, user, changes, parts, summary)
