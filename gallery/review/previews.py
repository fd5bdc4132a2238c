"""What a decision would do, told before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat

from gallery.decisions import Conflict
from gallery.models import Image
from gallery.people import Member
from gallery.review.deciding import Choice, planned_flows
from gallery.review.decision_form import Sent
from gallery.review.merging import Flow


@dataclass(frozen=True)
class PreviewedPicture:
    """A picture, what is chosen for it, and what it would get."""

    image: Image
    choice: Choice
    flow: Flow | None

    @property
    def facts(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "key": self.image.pk,
            "id": str(self.image.public_id),
            "choice": self.choice.value,
            "gains": list(self.flow.gains) if self.flow else [],
            "becomes_private": self.owner_alone_sees_it,
        }

    @property
    def owner_alone_sees_it(self) -> bool:
        return self.flow is not None and self.flow.becomes_private


def previewed(sent: Sent, reviewer: Member) -> list[PreviewedPicture]:
    """Return the pictures of a decision, the kept ones first; raises Conflict if some have gone."""
    visible = Image.objects.visible_to(reviewer).select_related("owner")
    images = visible.prefetch_related("tags", "albums").in_bulk(list(sent.choices))
    if len(images) < len(sent.choices):
        raise Conflict(
            "Some of these pictures went to the trash or were deleted meanwhile. "
            "Look at the cluster as it is now."
        )
    found = planned_flows(sent.choices, images) if sent.merge else []
    flow_of = {flow.image.pk: flow for flow in found}
    order = list(Choice)
    return [
        PreviewedPicture(images[key], Choice(choice), flow_of.get(key))
        for key, choice in sorted(sent.choices.items(), key=lambda item: order.index(item[1]))
    ]


def totals(parts: Sequence[PreviewedPicture]) -> str:
    """Say how many pictures get which choice: "Keep 1, trash 55 (2.6 MB)"."""
    chosen = [part.choice for part in parts]
    counts = [f"{one.label.lower()} {chosen.count(one)}" for one in Choice if one in chosen]
    bytes_ = sum(part.image.byte_size or 0 for part in parts if part.choice == Choice.TRASH)
    told = ", ".join(counts).capitalize()
    return f"{told} ({filesizeformat(bytes_)})" if bytes_ else told
