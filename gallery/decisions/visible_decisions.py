"""Which decisions a user may see and undo."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gallery.models import Decision, DecisionItem
from gallery.people import Member
from gallery.querysets import permitted

Action = Decision.Action


def open_to(user: Member) -> QuerySet[Decision]:
    """
    Return the decisions that `user` may undo: their own, and those on pictures they may see.

    Decisions that people make about their own pictures outside the review are visible only to users
    with the permission to change pictures.
    """
    if user.is_superuser:
        return Decision.objects.all()
    decisions = Decision.objects.all()
    if not user.has_perm("gallery.change_image"):
        decisions = decisions.exclude(_outside_review() & ~Q(made_by=user))
    # Subqueries per decision keep a page of the newest equally fast however many there are.
    items = DecisionItem.objects.filter(decision=OuterRef("pk"))
    existing = items.filter(image__isnull=False)
    has_hidden_picture = Exists(existing.exclude(permitted(user, "image__")))
    # Nobody knows who could see a deleted picture, and the summary names its tag or album.
    may_reveal_name = Q(action=Action.SORT) & Exists(items.filter(image=None))
    return decisions.filter(Q(made_by=user) | ~has_hidden_picture & ~may_reveal_name)


def _outside_review() -> Q:
    return Q(action__in=(Action.TRASH, Action.RESTORE, Action.SORT))
