"""Owners whose pictures a decision trashes; each of them keeps a copy that they can see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gallery.models import Image
from gallery.people import Member
from gallery.review.merging import Flow

PUBLIC = Image.Visibility.PUBLIC


def stranded_owners(
    kept: Iterable[Image], trashed: Iterable[Image], flows: Iterable[Flow] = ()
) -> list[Member]:
    """
    Return the owners of `trashed` who could see none of `kept` afterwards, by name.

    `flows` are what the kept pictures get; one of them can become private.
    """
    hidden = {flow.image.pk for flow in flows if flow.becomes_private}
    kept = list(kept)
    is_public = any(image.visibility == PUBLIC and image.pk not in hidden for image in kept)
    if is_public:
        return []
    keepers = {image.owner_id for image in kept}
    owners = {image.owner for image in trashed if image.owner and image.owner_id not in keepers}
    return sorted(owners, key=lambda owner: owner.get_username())


def stranding(owners: Sequence[Member]) -> str:
    """Return what happens to `owners`, as a sentence; "" if there are none."""
    if not owners:
        return ""
    names = " and ".join(owner.get_username() for owner in owners)
    return f"{names} would lose the only copy they can see, because the kept one is private."
