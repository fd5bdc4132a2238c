"""What tests of pages share: a reviewer's browser, and pictures to review."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from tests.pictures import upload


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
