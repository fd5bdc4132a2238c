"""What a reviewer did since their last long break, read from the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from gallery.conf import setting
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member
from gallery.review.pace import Pace, since_break

Action, Fate = Decision.Action, DecisionItem.Fate
ON_CLUSTERS = (Action.RESOLVE, Action.BULK)
# Nobody reviews longer without a break.
LONGEST = timedelta(hours=24)


class ReviewSession:
    """
    What the ledger tells `user`: the decisions on clusters that stand, since the last long break.

    `as_of` is the number of the newest decision of all, which a page that is made after this
    knows of. `last` is the newest of `user`, on whatever, that stands; None if there is none.
    """

    def __init__(self, user: Member) -> None:
        now = timezone.now()
        told = sorted(_told(user, now - LONGEST), key=lambda row: row.pk, reverse=True)
        own = [row for row in told if row.stands]
        on_clusters = [row for row in own if row.action in ON_CLUSTERS]
        self.as_of: int = told[0].pk if told else 0
        self.last = own[0] if own else None
        self._user = user
        self._made = on_clusters[: len(since_break([row.made_at for row in on_clusters], now))]

    @property
    def reviewed(self) -> int:
        """How many clusters were decided."""
        return sum(row.clusters for row in self._made)

    @cached_property
    def trashed(self) -> dict[str, int]:
        """How many pictures went to the trash and are there still, and their bytes."""
        if not self._made:
            return {"count": 0, "bytes": 0}
        since = Q(action__in=ON_CLUSTERS, pk__gte=self._made[-1].pk)
        made = Decision.objects.filter(_standing(self._user), since)
        gone = DecisionItem.objects.filter(decision__in=made, fate=Fate.TRASHED).values("image")
        images = Image.objects.trashed().filter(pk__in=gone)
        return images.aggregate(count=Count("pk"), bytes=Coalesce(Sum("byte_size"), 0))

    @cached_property
    def pace(self) -> Pace:
        """The pace of decisions on single clusters; those on many take no time a cluster."""
        singly = [row.made_at for row in self._made if row.action == Action.RESOLVE]
        return Pace.of(singly)

    @property
    def is_time_to_look_back(self) -> bool:
        """Tell whether the decisions fill another contact sheet."""
        return bool(self.reviewed) and self.reviewed % setting("CONTACT_SHEET_AFTER") == 0


def _standing(user: Member) -> Q:
    """Tell decisions that `user` made and nobody took back."""
    return Q(made_by=user, undoes=None, undone_by=None)


def _told(user: Member, since: datetime) -> QuerySet[Decision, Any]:
    """
    Return the newest decision of all, and of those of `user` that stand the newest and all since.

    Each with `stands`, whether it is one of these, and the `clusters` that it decided.
    """
    standing = _standing(user)
    keys = Decision.objects.order_by("-pk").values("pk")
    newest, last = Subquery(keys[:1]), Subquery(keys.filter(standing)[:1])
    pictures = DecisionItem.objects.filter(decision=OuterRef("pk")).order_by().values("decision")
    clusters = pictures.annotate(n=Count("cluster", distinct=True)).values("n")
    told = Decision.objects.filter(
        Q(pk=newest) | Q(pk=last) | standing & Q(made_at__gte=since)
    ).annotate(stands=standing, clusters=Coalesce(Subquery(clusters), 0))
    columns = ("pk", "action", "made_at", "summary", "stands", "clusters")
    return told.order_by().values_list(*columns, named=True)
