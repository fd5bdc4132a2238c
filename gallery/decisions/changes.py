"""Changes: the value of one target before and after a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Self, TypeAlias, TypeVar

from gallery.decisions.targets import ChangeTarget, ImageColumn, Membership, PairVerdict
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Image

Target = TypeVar("Target", bound=ChangeTarget)
Value = TypeVar("Value")
ColumnValue: TypeAlias = str | datetime | None


@dataclass(frozen=True, slots=True)
class ValueChange(Generic[Target, Value]):
    """A target, and its value before and after."""

    target: Target
    before: Value
    after: Value

    @property
    def inverse(self) -> Self:
        return replace(self, before=self.after, after=self.before)

    @property
    def image(self) -> int | None:
        """The key of the picture that changes; None for a verdict, which concerns two."""
        return None

    @property
    def trashes(self) -> bool:
        return False

    @property
    def restores(self) -> bool:
        return False

    def applies_to(self, current: object) -> bool:
        """Tell whether the target, with its `current` value, can still be changed like this."""
        return current == self.before

    def rebased(self, undone: object) -> Self:
        """
        Return this change as it is without an earlier one at the same target.

        `undone` is the inverse of that earlier change. If this change started from the value the
        earlier one left, it now starts from the value before both.
        """
        if isinstance(undone, type(self)) and self.applies_to(undone.before):
            return replace(self, before=undone.after)
        return self


@dataclass(frozen=True, slots=True)
class ColumnChange(ValueChange[ImageColumn, ColumnValue]):
    """A column of a picture changes."""

    @classmethod
    def of(cls, image: Image, name: str, after: ColumnValue) -> ColumnChange:
        """Return the change of a column of `image`, which is as the database has it."""
        return cls(ImageColumn(image.pk, name), getattr(image, name), after)

    @property
    def image(self) -> int:
        return self.target.image

    @property
    def trashes(self) -> bool:
        return self.target.name == "trashed_at" and self.after is not None

    @property
    def restores(self) -> bool:
        return self.target.name == "trashed_at" and self.after is None


@dataclass(frozen=True, slots=True)
class MembershipChange(ValueChange[Membership, bool]):
    """A picture is added to a collection, or removed from it."""

    @classmethod
    def adding(cls, target: Membership) -> MembershipChange:
        return cls(target, before=False, after=True)

    @property
    def image(self) -> int:
        return self.target.image


@dataclass(frozen=True, slots=True)
class VerdictChange(ValueChange[PairVerdict, VerdictValue | None]):
    """The verdict on a pair is given, replaced or withdrawn; None stands for no verdict."""

    def applies_to(self, current: object) -> bool:
        if isinstance(current, VerdictValue) and self.before is not None:
            return current.is_same_as(self.before)
        return current == self.before


Change: TypeAlias = ColumnChange | MembershipChange | VerdictChange
