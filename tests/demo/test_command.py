"""The demo command: its check, and the password that it tells."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management.base import CommandError

from gallery.models import Image
from tests.gallery.commands import run

AddImage = Callable[..., Image]


def test_check_fails_where_copies_are_missed(add_image: Any) -> None:
    add_image(1)  # a gallery that holds something is not filled
    with pytest.raises(CommandError, match=r"^Missed: .*-mirrored"):
        run("demo", "--check")


def test_check_of_copies_that_are_all_found_is_content(
    add_image: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from demo.management.commands import demo

    add_image(1)
    monkeypatch.setattr(demo, "demo_pictures", list)
    assert "1 pictures, 0 clusters" in run("demo", "--check")


def test_password_is_the_same_each_time(db: None, settings: Any, tmp_path: Path) -> None:
    from demo.management.commands.demo import _superuser_password

    settings.VAR_DIR = tmp_path
    password = _superuser_password()
    assert _superuser_password() == password
    assert User.objects.get(username="demo").check_password(password)
    assert (tmp_path / "demo_password").stat().st_mode & 0o777 == 0o600


def test_changed_password_is_not_shown(db: None, settings: Any, tmp_path: Path) -> None:
    from demo.management.commands.demo import _superuser_password

    settings.VAR_DIR = tmp_path
    _superuser_password()
    user = User.objects.get(username="demo")
    user.set_password("another one")
    user.save()
    assert _superuser_password() == "as you set it"
