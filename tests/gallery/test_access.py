"""Who can see, change and restore a picture."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404

from gallery import library
from gallery.access import (
    changeable_or_error,
    exact_copies,
    may_change,
    restorable_by,
    visible_or_404,
)
from gallery.models import Image
from gallery.people import Visitor

AddImage = Callable[..., Image]
STRANGER = AnonymousUser()


def can_see(user: Visitor, image: Image) -> bool:
    try:
        return visible_or_404(user, image.public_id) == image
    except Http404:
        return False


def test_private_pictures_are_visible_to_their_owner_and_superusers(
    add_image: AddImage, ann: User, bob: User, reviewer: User, admin: User
) -> None:
    image = add_image(1, visibility="private")
    seen = [can_see(user, image) for user in (ann, admin, bob, reviewer, STRANGER)]
    assert seen == [True, True, False, False, False]


def test_public_pictures_are_visible_to_all_unless_trashed(
    add_image: AddImage, ann: User, bob: User, admin: User
) -> None:
    image = add_image(1)
    assert all(can_see(user, image) for user in (ann, bob, STRANGER))
    library.trash([image], ann)
    assert not any(can_see(user, image) for user in (ann, admin, bob, STRANGER))


def test_only_owners_and_permitted_users_can_change_a_picture(
    add_image: AddImage, ann: User, bob: User, reviewer: User
) -> None:
    image = add_image(1)
    assert [may_change(user, image) for user in (ann, reviewer, bob, STRANGER)] == [
        *(True, True, False, False),
    ]
    assert changeable_or_error(ann, image.public_id) == image
    with pytest.raises(PermissionDenied, match="Only the owner"):
        changeable_or_error(bob, image.public_id)


def test_copies_of_a_file_begin_with_the_user_s_own(
    add_image: AddImage, ann: User, bob: User
) -> None:
    other, own, hidden = (
        add_image(1, owner=bob),
        add_image(1),
        add_image(1, owner=User.objects.create_user("cy"), visibility="private"),
    )
    assert list(exact_copies(ann, own.sha256)) == [own, other]
    assert set(exact_copies(STRANGER, own.sha256)) == {own, other}
    library.trash([own], ann)
    assert list(exact_copies(ann, own.sha256)) == [own, other]
    assert list(exact_copies(bob, own.sha256)) == [other]
    assert hidden not in exact_copies(bob, own.sha256)


def test_trash_is_restored_by_owners_and_permitted_users(
    add_image: AddImage, ann: User, bob: User, reviewer: User, admin: User
) -> None:
    public, private = add_image(1), add_image(2, visibility="private")
    library.trash([public, private], ann)
    assert set(restorable_by(ann)) == set(restorable_by(admin)) == {public, private}
    assert set(restorable_by(reviewer)) == {public}
    assert not restorable_by(bob)
    assert not restorable_by(STRANGER)
