"""What people may do, asked in one query."""

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.test import Client

OWN, SHARED = "gallery.change_image", "gallery.review_duplicates"


@pytest.fixture
def editor(bob: User) -> User:
    """Someone with a permission of their own, and another by a group."""
    own, shared = (Permission.objects.get(codename=name.split(".")[1]) for name in (OWN, SHARED))
    bob.user_permissions.add(own)
    group = Group.objects.create(name="reviewers")
    group.permissions.add(own, shared)
    bob.groups.add(group)
    return fresh(bob)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_ones_own_and_those_of_groups(
    editor: User, ann: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert editor.get_all_permissions() == {OWN, SHARED}
        assert editor.has_perm(OWN)
        assert editor.has_perms([OWN, SHARED])
        assert not editor.has_perm("gallery.purge_trash")
        assert editor.has_module_perms("gallery")
        assert not editor.has_module_perms("auth")
    assert editor.get_user_permissions() == {OWN}
    assert editor.get_group_permissions() == {OWN, SHARED}
    assert ann.get_all_permissions() == set()


def test_as_django_says(editor: User, ann: User, admin: User, reviewer: User) -> None:
    for user in (editor, ann, admin, reviewer):
        expected = ModelBackend().get_all_permissions(fresh(user))
        assert fresh(user).get_all_permissions() == expected


def test_who_may_nothing(editor: User) -> None:
    assert AnonymousUser().get_all_permissions() == set()
    assert editor.get_all_permissions(obj=editor) == set()
    assert not editor.has_perm(OWN, editor)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert fresh(editor).get_all_permissions() == set()


def test_passwords_are_djangos_matter(ann: User, client: Client) -> None:
    assert authenticate(username="ann", password="wrong") is None
    user = authenticate(username="ann", password="ann-secret")
    assert (user, user.backend) == (ann, "django.contrib.auth.backends.ModelBackend")
    assert client.login(username="ann", password="ann-secret")
    assert client.get("/").context["user"] == ann
