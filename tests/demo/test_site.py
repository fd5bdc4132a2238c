"""The superuser of the demonstration, and filling an empty gallery."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from demo.collection import DemoPicture
from demo.site import fill, superuser_password
from gallery.models import Image


@pytest.fixture(autouse=True)
def _var_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def test_password_is_the_same_each_time(db: None, tmp_path: Path) -> None:
    password = superuser_password()
    assert superuser_password() == password
    assert User.objects.get(username="demo").check_password(password)
    assert (tmp_path / "demo_password").stat().st_mode & 0o777 == 0o600


def test_changed_password_is_not_shown(db: None) -> None:
    superuser_password()
    user = User.objects.get(username="demo")
    user.set_password("another one")
    user.save()
    assert superuser_password() == "as you set it"


def first_two(pictures: list[DemoPicture]) -> list[DemoPicture]:
    return pictures[:2]


def test_fill_stores_titles_tags_and_albums_once(db: None) -> None:
    superuser_password()
    fill(first_two)
    fill(first_two)
    assert Image.objects.count() == 2
    for image in Image.objects.all():
        assert image.title
        assert image.alt_text
        assert image.tags.exists()
        assert image.source == f"demo/{image.original_name}"


@pytest.mark.django_db(transaction=True)
def test_interrupted_filling_leaves_nothing_behind(settings: Any) -> None:
    def interrupted(pictures: list[DemoPicture]) -> Iterator[DemoPicture]:
        yield from pictures[:2]
        raise KeyboardInterrupt

    superuser_password()
    with pytest.raises(KeyboardInterrupt):
        fill(interrupted)
    assert not Image.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
