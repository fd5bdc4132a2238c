"""Requests that arrive twice, because the answer to the first was lost."""

from __future__ import annotations

from collections.abc import Mapping

from gallery.models import Decision, DecisionItem
from gallery.people import Member


def made_already(
    effects: Mapping[int, DecisionItem.Effect],
    reviewer: Member,
    as_of: int | None,
    action: Decision.Action,
) -> Decision | None:
    """
    Return the newest decision on these pictures if `reviewer` made exactly this one after `as_of`.

    `effects` are those on the pictures, by primary key. A decision on many clusters may have
    left some of them out.
    """
    if as_of is None or not effects:
        return None
    # An undo counts as the newest decision, too.
    last = Decision.objects.filter(pk__gt=as_of, pictures__image__in=list(effects)).first()
    if last is None or last.made_by_id != reviewer.pk or last.action != action:
        return None
    stored = dict(last.pictures.values_list("image_id", "effect"))
    is_bulk = action == Decision.Action.BULK
    is_same = stored.items() <= effects.items() if is_bulk else stored == effects
    return last if is_same else None
