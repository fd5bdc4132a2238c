"""What a reviewer did since their last long break, read from the ledger."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet, Sum
from django.utils import timezone

from gallery.conf import setting
from gallery.models import DecidedPicture, Decision, Image
from gallery.pace import Pace, since_break

Action, Fate = Decision.Action, DecidedPicture.Fate
# Nobody reviews longer without a break.
LONGEST = timedelta(hours=24)


class ReviewSession:
    """The decisions of `user` on clusters that stand, since the last long break."""

    def __init__(self, user: AbstractBaseUser) -> None:
        now = timezone.now()
        recent = standing_decisions(user).filter(made_at__gte=now - LONGEST)
        made = list(recent.values_list("made_at", "pk", "action"))
        self._user = user
        self._made = made[: len(since_break([moment for moment, *_ in made], now))]

    @cached_property
    def reviewed(self) -> int:
        """How many clusters were decided."""
        return self._pictures.values("decision", "cluster").distinct().count()

    @cached_property
    def trashed(self) -> dict[str, int]:
        """How many pictures went to the trash and are there still, and their bytes."""
        gone = self._pictures.filter(fate=Fate.TRASHED).values("image")
        images = Image.objects.trashed().filter(pk__in=gone)
        return {"count": images.count(), "bytes": images.aggregate(n=Sum("byte_size"))["n"] or 0}

    @cached_property
    def pace(self) -> Pace:
        """The pace of decisions on single clusters; those on many take no time a cluster."""
        return Pace.of([moment for moment, _, action in self._made if action == Action.RESOLVE])

    @property
    def is_time_to_look_back(self) -> bool:
        """Tell whether the decisions fill another contact sheet."""
        return bool(self.reviewed) and self.reviewed % setting("CONTACT_SHEET_AFTER") == 0

    @property
    def _pictures(self) -> QuerySet[DecidedPicture]:
        if not self._made:
            return DecidedPicture.objects.none()
        _, first, _ = self._made[-1]
        return DecidedPicture.objects.filter(
            decision__in=standing_decisions(self._user).filter(pk__gte=first)
        )


def standing_decisions(user: AbstractBaseUser) -> QuerySet[Decision]:
    """Return what `user` decided of clusters and nobody took back, newest first."""
    made = Decision.objects.filter(made_by=user, action__in=(Action.RESOLVE, Action.BULK))
    return made.filter(undoes=None, undone_by=None)
