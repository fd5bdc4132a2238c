"""Files without a picture are found, and moved aside; none is ever deleted."""

import io
import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from gallery.files.renditions import rendition_key
from gallery.models import Image
from tests.gallery.integrity_reports import check, everything, kinds

AddImage = Callable[..., Image]


@pytest.fixture
def orphans(add_image: AddImage) -> list[str]:
    """Files that nobody knows, of every kind, beside a picture that is whole."""
    image = add_image(1)
    stale = rendition_key(image, 320).replace(image.sha256[:16], "0" * 16)
    folder = image.public_id.hex
    return [
        default_storage.save(key, ContentFile(b"RIFF and so on"))
        for key in (
            "originals/ab/abcdef.jpg",
            "originals/loose.jpg",
            stale,
            f"renditions/{folder[:2]}/no-id/x.webp",
            "renditions/00/00000000000000000000000000000000/0123456789abcdef-320.webp",
        )
    ]


def test_they_are_found(orphans: list[str]) -> None:
    report = check()
    assert sorted(finding["subject"] for finding in report["findings"]) == sorted(orphans)
    assert set(kinds(report)) == {"orphan_original", "orphan_rendition"}
    assert report["exit_code"] == 1


def test_they_are_moved_never_deleted(orphans: list[str], settings: Any) -> None:
    before = everything(settings.MEDIA_ROOT)
    report = check("--repair")
    assert (report["mended"], report["exit_code"]) == (len(orphans), 0)
    moved = {f"lost-and-found/{key}" if key in orphans else key: before[key] for key in before}
    assert everything(settings.MEDIA_ROOT) == moved
    assert check()["found"] == 0


def test_those_of_the_same_name_lie_side_by_side(db: None, settings: Any) -> None:
    for data in (b"first", b"second"):
        default_storage.save("originals/a.jpg", ContentFile(data))
        check("--repair")
    assert sorted(everything(settings.MEDIA_ROOT).values()) == [b"first", b"second"]


def test_young_ones_may_be_waiting_for_their_row(db: None) -> None:
    key = default_storage.save("originals/a.jpg", ContentFile(b"x"))
    out = io.StringIO()
    call_command("check_integrity", "--repair", stdout=out)
    assert out.getvalue() == "Checked 0 pictures and 1 file: 0 problems, 0 repaired.\n"
    a_day_ago = time.time() - 24 * 3600 - 1
    os.utime(default_storage.path(key), (a_day_ago, a_day_ago))
    call_command("check_integrity", "--repair", stdout=out)
    assert not default_storage.exists(key)


def test_copy_that_is_not_like_it_moves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    key = default_storage.save("originals/a.jpg", ContentFile(b"x"))
    monkeypatch.setattr(type(default_storage._wrapped), "size", lambda *_: 0)
    report = check("--repair")
    assert (report["found"], report["mended"], report["exit_code"]) == (1, 0, 1)
    assert default_storage.exists(key)
