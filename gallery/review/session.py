"""A review session: what a reviewer has decided since their last long break."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple, TypedDict

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from gallery.conf import setting
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member
from gallery.review.pace import Pace, since_break

Action, Effect = Decision.Action, DecisionItem.Effect
ON_CLUSTERS = (Action.RESOLVE, Action.BULK)
# Nobody reviews longer than this without a break.
LONGEST = timedelta(hours=24)


class SessionDecision(NamedTuple):
    """The columns of a decision that a session needs; `in_force` is false for other people's."""

    pk: int
    action: str
    made_at: datetime
    summary: str
    in_force: bool
    clusters: int


class Trashed(TypedDict):
    """How many pictures are in the trash, and their size."""

    count: int
    bytes: int


class ReviewSession:
    """
    The decisions of `user` on clusters that are in force, since the last long break.

    `as_of` is the position of the journal now, which a page made after this knows of. `last` is
    the user's newest decision in force, of whatever kind; None if there is none.
    """

    def __init__(self, user: Member) -> None:
        now = timezone.now()
        newest_first = sorted(_decisions(user, now - LONGEST), key=lambda row: -row.pk)
        own = [row for row in newest_first if row.in_force]
        on_clusters = [row for row in own if row.action in ON_CLUSTERS]
        self.as_of = newest_first[0].pk if newest_first else 0
        self.last = own[0] if own else None
        self._user = user
        self._decisions = on_clusters[: len(since_break([r.made_at for r in on_clusters], now))]

    @property
    def reviewed(self) -> int:
        """How many clusters were decided."""
        return sum(row.clusters for row in self._decisions)

    @cached_property
    def trashed(self) -> Trashed:
        """The pictures that the session trashed and that are still in the trash."""
        if not self._decisions:
            return {"count": 0, "bytes": 0}
        first = self._decisions[-1].pk
        made = Decision.objects.filter(_in_force(self._user), action__in=ON_CLUSTERS, pk__gte=first)
        items = DecisionItem.objects.filter(decision__in=made, effect=Effect.TRASHED)
        images = Image.objects.trashed().filter(pk__in=items.values("image"))
        totals = images.aggregate(count=Count("pk"), bytes=Coalesce(Sum("byte_size"), 0))
        return {"count": totals["count"], "bytes": totals["bytes"]}

    @cached_property
    def pace(self) -> Pace:
        """The pace of decisions on single clusters; bulk decisions say nothing about it."""
        return Pace.of([row.made_at for row in self._decisions if row.action == Action.RESOLVE])

    @property
    def is_time_to_look_back(self) -> bool:
        """Tell whether the decisions fill another contact sheet."""
        return bool(self.reviewed) and self.reviewed % setting("CONTACT_SHEET_AFTER") == 0


def _in_force(user: Member) -> Q:
    """Select decisions that `user` made and that are not undone."""
    return Q(made_by=user, undoes=None, undone_by=None)


def _decisions(user: Member, since: datetime) -> Iterable[SessionDecision]:
    """
    Return the newest decision of all, and the user's own decisions that are in force.

    Of the latter the newest, and all made since `since`.
    """
    in_force = _in_force(user)
    keys = Decision.objects.order_by("-pk").values("pk")
    newest, last = Subquery(keys[:1]), Subquery(keys.filter(in_force)[:1])
    items = DecisionItem.objects.filter(decision=OuterRef("pk")).order_by().values("decision")
    clusters = items.annotate(n=Count("cluster", distinct=True)).values("n")
    rows = (
        Decision.objects.filter(Q(pk=newest) | Q(pk=last) | in_force & Q(made_at__gte=since))
        .annotate(in_force=in_force, clusters=Coalesce(Subquery(clusters), 0))
        .order_by()
    )
    return [SessionDecision(*row) for row in rows.values_list(*SessionDecision._fields)]
