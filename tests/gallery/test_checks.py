"""System checks name what would fail later, and the remedy."""

from typing import Any

import pytest
from django.core import checks as django_checks
from django.core.files.storage import InMemoryStorage
from PIL import features

from gallery.checks import (
    check_preference,
    check_storage_keeps_files,
    check_webp,
    check_worker,
)


class OverwritingStorage(InMemoryStorage):
    """A storage that says of itself what S3's says by default."""

    file_overwrite = True


def test_sound_site_has_no_messages() -> None:
    gallery = [m for m in django_checks.run_checks() if (m.id or "").startswith("gallery.")]
    assert gallery == []


def test_storage_that_overwrites(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "tests.gallery.test_checks.OverwritingStorage"},
    }
    (error,) = check_storage_keeps_files()
    assert error.id == "gallery.E001"
    assert "file_overwrite" in error.hint


def test_pillow_without_webp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda _: False)
    (error,) = check_webp()
    assert error.id == "gallery.E002"


def test_misspelt_preference(settings: Any) -> None:
    settings.GALLERY = {"KEEP": "bets"}
    (error,) = check_preference()
    assert error.id == "gallery.E003"
    assert "bets" in error.msg


def test_misspelt_place_of_the_worker(settings: Any) -> None:
    settings.GALLERY = {"WORKER": "on"}
    (error,) = check_worker()
    assert error.id == "gallery.E004"
    assert "'server' or 'off', not 'on'" in error.msg
