"""Files that no row came for are removed, however the row was lost."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from demo.management.commands import demo
from gallery.files.stored_files import kept_together
from gallery.models import Image
from gallery.uploads.accepted_files import decoded
from gallery.uploads.details import Details
from gallery.uploads.new_pictures import store
from tests.pictures import upload


def stored(seed: int, owner: User) -> Image:
    file = upload(seed)
    return store(file, decoded(file), owner, file.name, Details())


def files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
def test_transaction_that_is_undone_takes_its_files_along(settings: Any) -> None:
    owner = User.objects.create_user("ann")
    with kept_together() as images:
        images.append(stored(1, owner))
    kept = files(settings)
    with pytest.raises(KeyboardInterrupt), kept_together() as images:
        images.append(stored(2, owner))
        images.append(stored(3, owner))
        raise KeyboardInterrupt
    assert Image.objects.count() == 1
    assert files(settings) == kept != []


@pytest.mark.django_db(transaction=True)
def test_interrupted_demo_leaves_nothing_behind(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    store_one = demo._store

    def store_some(*arguments: Any) -> Image:
        if Image.objects.count() == 3:
            raise KeyboardInterrupt
        return store_one(*arguments)

    monkeypatch.setattr(demo, "_store", store_some)
    with pytest.raises(KeyboardInterrupt):
        call_command("demo", "--check")
    assert not Image.objects.exists()
    assert files(settings) == []
