"""The plan of a bulk decision, signed so that it can be applied exactly as it was previewed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core import signing

from gallery.decisions import InvalidRequest
from gallery.people import Member
from gallery.review import Choice, keep_one

SALT = "gallery.bulk"


@dataclass(frozen=True)
class BulkPlan:
    """
    What one user wants done with many clusters.

    `clusters` holds the primary keys of the pictures of each, the one to keep first. With
    `is_apart`, all pictures are kept as not duplicates instead.
    """

    user: int
    as_of: int
    is_apart: bool
    clusters: list[list[int]]

    @classmethod
    def of_signed(cls, text: str, user: Member) -> BulkPlan:
        """Return the plan in `text`; raise InvalidRequest if `user` did not preview it."""
        try:
            plan = cls(**signing.loads(text, salt=SALT))
        except signing.BadSignature:
            plan = None
        if plan is None or plan.user != user.pk:
            raise InvalidRequest("Nothing was changed: the plan is incomplete. Preview it again.")
        return plan

    @property
    def signed(self) -> str:
        """The plan as text that only this site can write."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @property
    def choices(self) -> list[dict[int, Choice]]:
        """The choices for each cluster."""
        if self.is_apart:
            return [dict.fromkeys(keys, Choice.NOT_A_DUPLICATE) for keys in self.clusters]
        return [keep_one(keys, keys[0]) for keys in self.clusters]
