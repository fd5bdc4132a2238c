"""Fixtures of tests that need the whole site: people and their pictures."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import Image
from gallery.uploads.details import Details
from gallery.uploads.receiving import receive
from tests.pictures import upload


@pytest.fixture
def ann(db: None) -> User:
    """Someone with pictures."""
    return User.objects.create_user("ann", password="ann-secret")


@pytest.fixture
def bob(db: None) -> User:
    """Someone else."""
    return User.objects.create_user("bob", password="bob-secret")


@pytest.fixture
def reviewer(db: None) -> User:
    """Someone who may review duplicates."""
    user = User.objects.create_user("rae", password="rae-secret", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="gallery").exclude(
            codename__startswith="delete"
        )
    )
    return user


@pytest.fixture
def admin(db: None) -> User:
    """Someone who may do everything."""
    return User.objects.create_superuser("root", password="root-secret")


@pytest.fixture
def add_image(ann: User) -> Callable[..., Image]:
    """A function that stores a picture as an upload does: of a seed, or of a file."""

    def add(
        content: int | SimpleUploadedFile = 1, owner: User | None = None, **details: Any
    ) -> Image:
        file = upload(content) if isinstance(content, int) else content
        outcome = receive(file, owner or ann, Details(**details))
        assert outcome.status == "stored", outcome.reason
        return outcome.image

    return add


@pytest.fixture
def page(client: Client, reviewer: User) -> Client:
    """A client by which a reviewer asks for pages."""
    client.force_login(reviewer)
    return client


@pytest.fixture
def pair(add_image: Callable[..., Image]) -> list[Image]:
    """A picture, and a copy of it that was compressed harder."""
    return [add_image(upload(1, quality=quality)) for quality in (90, 30)]


@pytest.fixture
def trio(add_image: Callable[..., Image]) -> list[Image]:
    """A picture, and two copies of it."""
    return [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]


@pytest.fixture
def sender(client: Client, ann: User) -> Client:
    """A client by which Ann sends pictures."""
    client.force_login(ann)
    return client
