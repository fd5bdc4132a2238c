"""A reviewer's request: a choice for each picture of a cluster, or a split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from gallery.models import DecisionItem
from gallery.people import Member

Effect = DecisionItem.Effect


class Choice(models.TextChoices):
    """What a reviewer can choose for one picture of a cluster."""

    KEEP = "keep", _("Keep")
    TRASH = "trash", _("Trash")
    NOT_A_DUPLICATE = "not_a_duplicate", _("Not a duplicate")
    RELATED = "related", _("Related")
    LATER = "later", _("Later")


# LATER has no effect.
EFFECTS = {
    Choice.KEEP: Effect.KEPT,
    Choice.TRASH: Effect.TRASHED,
    Choice.NOT_A_DUPLICATE: Effect.NOT_A_DUPLICATE,
    Choice.RELATED: Effect.RELATED,
}


@dataclass(frozen=True)
class DecisionRequest:
    """
    The choices for the pictures of one cluster, by primary key.

    `as_of` is the position of the journal when the reviewer saw the cluster, None if unknown.
    With `merge`, kept pictures get the tags, albums and texts of the trashed ones.
    """

    choices: Mapping[int, Choice]
    reviewer: Member
    merge: bool = False
    as_of: int | None = None

    @property
    def kept(self) -> list[int]:
        return self.chosen(Choice.KEEP)

    @property
    def trashed(self) -> list[int]:
        return self.chosen(Choice.TRASH)

    @property
    def effects(self) -> dict[int, DecisionItem.Effect]:
        """The effect on each picture that is not left for later."""
        return {key: EFFECTS[choice] for key, choice in self.choices.items() if choice in EFFECTS}

    def chosen(self, choice: Choice) -> list[int]:
        """Return the keys of the pictures with this choice."""
        return [key for key, chosen in self.choices.items() if chosen == choice]


@dataclass(frozen=True)
class SplitRequest:
    """The two parts of a cluster, by primary keys; `as_of` as in a DecisionRequest."""

    stay: list[int]
    leave: list[int]
    reviewer: Member
    as_of: int | None
