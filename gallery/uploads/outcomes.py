"""What happened to a file that was uploaded or imported."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from gallery.models import Image
from gallery.people import Visitor
from gallery.uploads.look_alikes import LookAlike
from hashing.exceptions import Refusal


class OutcomeStatus(StrEnum):
    """What happened to a file, in the words of the upload API."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class OutcomeCode(StrEnum):
    """Reasons for an outcome, besides the codes of a Refusal."""

    # The file is in the gallery and belongs to the sender, is in their trash, or is someone else's.
    DUPLICATE = "duplicate"
    IN_TRASH = "in_trash"
    HERE = "here"
    # The file cannot be read, or the storage or the database did not take it.
    UNREADABLE = "unreadable"
    NOT_STORED = "not_stored"


COPY_REASONS = {
    OutcomeCode.DUPLICATE: "You already have exactly this file.",
    OutcomeCode.IN_TRASH: "This exact file is in your trash. Restore it from there.",
    OutcomeCode.HERE: "Someone else has already uploaded this exact file.",
}


@dataclass(frozen=True)
class Outcome:
    """
    What happened to the file `name`.

    `image` is the stored picture, or the one that has exactly this file already. `code`, an
    OutcomeCode or that of a Refusal, is for programs; `reason` is the sentence for people.
    `similar` holds pictures that look like a stored one and that the sender can see.
    """

    name: str
    status: OutcomeStatus
    image: Image | None = None
    code: str = ""
    reason: str = ""
    similar: tuple[LookAlike, ...] = ()

    @classmethod
    def rejected(cls, name: str, code: str, reason: str) -> Self:
        return cls(name, OutcomeStatus.REJECTED, code=code, reason=reason)

    @classmethod
    def refused(cls, name: str, refusal: Refusal) -> Self:
        return cls.rejected(name, refusal.code, refusal.message)

    @property
    def stored(self) -> Image | None:
        """The picture that was stored; None if none was."""
        return self.image if self.status is OutcomeStatus.STORED else None


def already_here(name: str, image: Image, viewer: Visitor) -> Outcome:
    """Return the outcome for a file `name` that `image`, which `viewer` can see, has already."""
    code = _copy_code(image, viewer)
    return Outcome(name, OutcomeStatus.DUPLICATE, image, code, COPY_REASONS[code])


def _copy_code(image: Image, viewer: Visitor) -> OutcomeCode:
    if image.owner_id is None or image.owner_id != viewer.pk:
        return OutcomeCode.HERE
    return OutcomeCode.IN_TRASH if image.is_trashed else OutcomeCode.DUPLICATE
