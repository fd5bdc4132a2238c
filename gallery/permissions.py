"""What people may do, of their own and by their groups, asked in one query."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

from gallery.access import Visitor


class PermissionBackend(ModelBackend):
    """
    Knows permissions as Django's ModelBackend does, which asks the database twice for them.

    Passwords are that one's matter, so both are in AUTHENTICATION_BACKENDS, this one first.
    """

    def authenticate(self, request: Any, **_: Any) -> None:
        """Let nobody in; a wrong password would be hashed once more."""

    def get_all_permissions(self, user_obj: Visitor, obj: Any = None) -> set[str]:
        """Return the permissions as "app.codename"; they are kept as long as `user_obj` is."""
        is_plain = user_obj.is_active and not user_obj.is_superuser
        # Where ModelBackend keeps them too. Did it not, its answer would be the same.
        if is_plain and obj is None and not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = _permissions(user_obj)
        return super().get_all_permissions(user_obj, obj)


def _permissions(user: Visitor) -> set[str]:
    own, shared = (
        rows.order_by().values_list("content_type__app_label", "codename")
        for rows in (user.user_permissions, Permission.objects.filter(group__user=user))
    )
    return {f"{app}.{name}" for app, name in own.union(shared)}
