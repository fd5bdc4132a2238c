"""The result of an undo or a redo."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.models import Decision


@dataclass(frozen=True)
class UndoResult:
    """
    An undo or redo, and the number of changes that it could not make.

    `decision` is the undo or redo itself, `original` the decision that it reversed or repeated.
    `changed_since` counts values that somebody changed in between, `deleted` the pictures that
    no longer exist.
    """

    decision: Decision
    original: Decision
    changed_since: int
    deleted: int = 0

    @property
    def is_redo(self) -> bool:
        return self.decision.action == Decision.Action.REDO

    @property
    def as_of(self) -> int | None:
        """
        The position from which the same pictures can be decided on again.

        None if there has been another decision on them since the original one.
        """
        since = Decision.objects.filter(pk__gt=self.original.pk, pk__lt=self.decision.pk)
        since = since.exclude(undoes=self.original)  # earlier undos and redos cancel out
        items = self.original.pictures.exclude(image=None)
        pictures = items.values_list("image_id", flat=True)
        is_latest = not since.filter(pictures__image_id__in=pictures).exists()
        return self.decision.pk if is_latest else None
