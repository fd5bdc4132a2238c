"""Who can see, change and restore a picture."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, When
from django.shortcuts import get_object_or_404

from gallery.models import Image
from gallery.people import Visitor
from gallery.querysets import SHOWN_FIRST, ImageQuerySet


def visible_or_404(user: Visitor, public_id: UUID) -> Image:
    """
    Return the picture with this public id, if `user` can see it.

    Raises Http404 if `user` cannot see it, as if it did not exist.
    """
    visible = Image.objects.visible_to(user).select_related("owner")
    image: Image = get_object_or_404(visible, public_id=public_id)
    return image


def may_change(user: Visitor, image: Image) -> bool:
    """Return whether `user`, who can see `image`, can edit it and move it to the trash."""
    return user.is_authenticated and (
        image.owner_id == user.pk or user.has_perm("gallery.change_image")
    )


def changeable_or_error(user: Visitor, public_id: UUID) -> Image:
    """
    Return a picture that `user` can change.

    Raises Http404 if `user` cannot see it, PermissionDenied if `user` can only see it.
    """
    image = visible_or_404(user, public_id)
    if not may_change(user, image):
        raise PermissionDenied("Only the owner of this picture can change it.")
    return image


def exact_copies(user: Visitor, sha256: str) -> ImageQuerySet:
    """
    Return the pictures whose file has this digest, the user's own first.

    Includes the pictures that `user` can see in the gallery, and their own in the trash.
    """
    copies = Image.objects.permitted_to(user).filter(sha256=sha256)
    if not user.is_authenticated:
        return copies.untrashed()
    own = Q(owner=user)
    return copies.filter(own | Q(trashed_at=None)).order_by(
        Case(When(own, then=0), default=1), SHOWN_FIRST, "-pk"
    )


def restorable_by(user: Visitor) -> ImageQuerySet:
    """Return the pictures in the trash that `user` can see there and restore."""
    trashed = Image.objects.trashed()
    if not user.is_authenticated:
        return trashed.none()
    if user.is_superuser:
        return trashed
    own = Q(owner=user)
    if user.has_perm("gallery.change_image"):
        return trashed.filter(own | Q(visibility=Image.Visibility.PUBLIC))
    return trashed.filter(own)
