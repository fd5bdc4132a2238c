"""Who may see, change and restore a picture."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, When
from django.shortcuts import get_object_or_404

from gallery.models import Image
from gallery.people import Visitor
from gallery.querysets import SHOWN_FIRST, ImageQuerySet


def visible_or_404(user: Visitor, public_id: UUID) -> Image:
    """Return a picture; one that `user` may not see is no other than one that does not exist."""
    return get_object_or_404(
        Image.objects.visible_to(user).select_related("owner"), public_id=public_id
    )


def may_change(user: Visitor, image: Image) -> bool:
    """Tell whether `user`, who may see `image`, may edit it and move it to the trash."""
    return user.is_authenticated and (
        image.owner_id == user.pk or user.has_perm("gallery.change_image")
    )


def changeable_or_error(user: Visitor, public_id: UUID) -> Image:
    """Return a picture that `user` may change; otherwise answer 404 or 403."""
    image = visible_or_404(user, public_id)
    if not may_change(user, image):
        raise PermissionDenied("Only the owner of this picture may change it.")
    return image


def exact_copies(user: Visitor, sha256: str) -> ImageQuerySet:
    """
    Return the pictures of which the file has this digest and `user` may know, their own first.

    These are what they see in the gallery, and what is theirs in the trash.
    """
    known = Image.objects.permitted_to(user).filter(sha256=sha256)
    if not user.is_authenticated:
        return known.untrashed()
    own = Q(owner=user)
    return known.filter(own | Q(trashed_at=None)).order_by(
        Case(When(own, then=0), default=1), SHOWN_FIRST, "-pk"
    )


def restorable_by(user: Visitor) -> ImageQuerySet:
    """Return the pictures in the trash that `user` may see there and take out again."""
    trashed = Image.objects.trashed()
    if not user.is_authenticated:
        return trashed.none()
    if user.is_superuser:
        return trashed
    own = Q(owner=user)
    if user.has_perm("gallery.change_image"):
        return trashed.filter(own | Q(visibility=Image.Visibility.PUBLIC))
    return trashed.filter(own)
