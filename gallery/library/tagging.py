"""Add pictures to a tag or an album, as one decision that can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from gallery import decisions
from gallery.decisions import COLLECTIONS, TAG, ItemEffect, Membership, MembershipChange
from gallery.library.collections import get_or_create_named
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member


@transaction.atomic
def put_on(images: Sequence[Image], kind: str, name: str, user: Member) -> Decision | None:
    """
    Add `images` to the tag or album `name`, which is created if necessary.

    `kind` is TAG or ALBUM. Returns None if all of them are in it already.
    """
    decisions.lock()
    (collection,) = get_or_create_named(COLLECTIONS[kind], [name], user)
    existing = decisions.lock_images(image.pk for image in images)
    current = decisions.read_memberships(
        [Membership(kind, key, collection.pk) for key in sorted(existing)]
    )
    changes = [MembershipChange.adding(target) for target, is_in in current.items() if not is_in]
    if not changes:
        return None
    effects = [ItemEffect(change.image, DecisionItem.Effect.CONCERNED) for change in changes]
    pictures = "1 picture" if len(changes) == 1 else f"{len(changes)} pictures"
    where = "tag" if kind == TAG else "album"
    summary = f"added {pictures} to the {where} “{collection.name}”"
    return decisions.record(Decision.Action.SORT, user, changes, effects, summary)
