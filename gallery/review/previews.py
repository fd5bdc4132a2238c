"""Previews: what a decision would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst

from gallery.decisions import Conflict
from gallery.models import Image
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.review.merging import Flow, planned_flows


class PreviewFacts(TypedDict):
    """A previewed picture, for programs."""

    key: int
    id: str
    choice: str
    gains: list[str]
    becomes_private: bool


@dataclass(frozen=True)
class PreviewedPicture:
    """A picture, the choice for it, and what it would get."""

    image: Image
    choice: Choice
    flow: Flow | None

    @property
    def facts(self) -> PreviewFacts:
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


def previewed(request: DecisionRequest) -> list[PreviewedPicture]:
    """Return the pictures of a decision, kept ones first; raise Conflict if some are gone."""
    visible = Image.objects.visible_to(request.reviewer).select_related("owner")
    images = visible.prefetch_related("tags", "albums").in_bulk(list(request.choices))
    if len(images) < len(request.choices):
        raise Conflict(
            "Some of these pictures are already in the trash or deleted. "
            "Check the cluster as it is now."
        )
    flows = planned_flows(request, images) if request.merge else []
    flow_of = {flow.image.pk: flow for flow in flows}
    return [
        PreviewedPicture(images[key], choice, flow_of.get(key))
        for choice in Choice
        for key in request.chosen(choice)
    ]


def totals(pictures: Sequence[PreviewedPicture]) -> str:
    """Return how many pictures get which choice: "Keep 1, trash 55 (2.6 MB)"."""
    choices = [picture.choice for picture in pictures]
    counts = ", ".join(
        f"{choice.label.lower()} {choices.count(choice)}" for choice in Choice if choice in choices
    )
    trashed = [picture.image for picture in pictures if picture.choice == Choice.TRASH]
    bytes_ = sum(image.byte_size or 0 for image in trashed)
    return capfirst(f"{counts} ({filesizeformat(bytes_)})" if bytes_ else counts)
