"""The value of a verdict as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gallery.models import Verdict


@dataclass(frozen=True, slots=True)
class VerdictValue:
    """
    A verdict that a person gave: its kind, by whom and when, and on which two pictures.

    `decided_by`, `first` and `second` are primary keys, None once the row is deleted. `files`
    holds the SHA-256 of both files if the verdict is about two copies of one content.
    """

    kind: Verdict.Kind
    decided_by: int | None
    decided_at: datetime
    first: int | None
    second: int | None
    files: tuple[str, str] | None = None

    @classmethod
    def of_row(cls, row: Verdict) -> VerdictValue:
        """Return the value of a stored verdict."""
        return cls(
            kind=Verdict.Kind(row.kind),
            decided_by=row.decided_by_id,
            decided_at=row.decided_at,
            first=row.first_id,
            second=row.second_id,
            files=(row.first_file, row.second_file) if row.first_copy else None,
        )

    @property
    def pictures(self) -> set[int]:
        """The keys of the two pictures, without deleted ones."""
        return {key for key in (self.first, self.second) if key is not None}

    def is_same_as(self, other: VerdictValue) -> bool:
        """Tell whether both are one verdict, even if pictures or people have been deleted."""
        return (self.kind, self.decided_at) == (other.kind, other.decided_at)
