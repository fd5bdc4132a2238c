"""Rows and files that do not agree are found, and mended only where nothing can be lost."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image as PillowImage

from gallery.files import integrity, orphans
from gallery.files.integrity import row_findings
from gallery.files.orphans import file_findings
from gallery.files.renditions import open_rendition, rendition_key
from gallery.models import Image
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.gallery.integrity_reports import check, kinds
from tests.pictures import encoded, photo

AddImage = Callable[..., Image]


def change(image: Image, **columns: Any) -> None:
    Image.objects.filter(pk=image.pk).update(**columns)


def overwrite(key: str, data: bytes) -> None:
    Path(default_storage.path(key)).write_bytes(data)


def test_sound_gallery_has_no_findings(add_image: AddImage) -> None:
    add_image(1)
    add_image(SimpleUploadedFile("a.png", encoded(photo(2), "PNG")))
    report = check()
    assert (report["found"], report["exit_code"]) == (0, 0)
    assert report["checked"] == {"pictures": 2, "files": 4}


def test_missing_file_is_named_and_stays_so(add_image: AddImage) -> None:
    image = add_image(1)
    Path(image.file.path).unlink()
    for arguments in ([], ["--repair"]):
        report = check(*arguments)
        assert (kinds(report), report["exit_code"]) == (["missing_file"], 1)
        assert report["findings"][0]["subject"] == str(image.public_id)
    assert Image.objects.filter(pk=image.pk).exists()


def test_row_that_never_had_a_file_is_named(ann: User) -> None:
    Image.objects.create(owner=ann)
    assert kinds(check()) == ["missing_file"]


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"phash": None}, "hash"),
        ({"dhash": PerceptualHash(1, 64), "colorhash": None}, "hash"),
        ({"byte_size": 1}, "size"),
        ({"byte_size": None}, "size"),
        ({"sha256": ""}, "digest"),
        ({"content_digest": "jpegscan1:0"}, "digest"),
        ({"sha256": "", "content_digest": ""}, "digest"),
        ({"width": 9, "is_informative": False}, "column"),
        ({"format": "PNG"}, "column"),
        ({"jpeg_quality": 1}, "column"),
        ({"is_page": True}, "column"),
        ({"taken_at": datetime(2001, 2, 3, tzinfo=UTC)}, "column"),
        ({"decoding": "fast"}, "column"),
        ({"phash_unframed": PerceptualHash(1, 64)}, "hash"),
        ({"dct256": PerceptualHash(1, 256)}, "hash"),
    ],
)
def test_wrong_columns_are_computed_anew(
    add_image: AddImage, columns: dict[str, Any], kind: str
) -> None:
    image = add_image(1)
    true = {name: getattr(image, name) for name in Image.DERIVED}
    change(image, **columns)
    report = check()
    # Renditions carry the digest in their names, so a wrong one disowns them.
    assert [found for found in kinds(report) if found != "orphan_rendition"] == [kind]
    assert report["exit_code"] == 1
    assert all(name in report["findings"][0]["message"] for name in columns)
    assert Image.objects.filter(pk=image.pk, **columns).exists(), "a check changed something"
    report = check("--repair")
    assert (report["mended"], report["exit_code"]) == (1, 0)
    image.refresh_from_db()
    assert {name: getattr(image, name) for name in Image.DERIVED} == true
    assert check()["found"] == 0


def test_time_of_another_zone_is_no_fault_of_the_row(add_image: AddImage, settings: Any) -> None:
    exif = PillowImage.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 12:01:02"
    image = add_image(SimpleUploadedFile("a.jpg", encoded(photo(1), exif=exif)))
    settings.TIME_ZONE = "Asia/Kathmandu"
    assert check()["found"] == 0
    change(image, taken_at=image.taken_at + timedelta(minutes=1))
    assert kinds(check()) == ["column"]
    change(image, taken_at=None)
    assert kinds(check("--repair")) == ["column"]
    image.refresh_from_db()
    assert image.taken_at == datetime(2024, 5, 1, 6, 16, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        encoded(photo(2)),
        encoded(photo(1))[:5000],
        b"",
        b"nothing like a picture",
        encoded(photo(1), comment=b"edited in place"),
    ],
    ids=["other", "truncated", "empty", "text", "metadata"],
)
def test_damage_is_never_recorded_as_right(add_image: AddImage, data: bytes) -> None:
    image = add_image(1)
    overwrite(image.file.name, data)
    report = check("--repair")
    assert (kinds(report), report["mended"], report["exit_code"]) == (["changed_file"], 0, 1)
    assert "from a backup" in report["findings"][0]["message"]
    assert Image.objects.get().sha256 == image.sha256


def animation() -> bytes:
    frames = [photo(seed) for seed in range(6)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("name", "stored", "left"),
    [
        ("a.gif", animation(), animation()[: len(animation()) * 2 // 3]),
        ("a.jpg", encoded(photo(1), comment=b"a word") + b"a film", encoded(photo(1))),
    ],
    ids=["frames", "metadata and trailer"],
)
def test_lost_frames_and_metadata_are_damage(
    add_image: AddImage, name: str, stored: bytes, left: bytes
) -> None:
    image = add_image(SimpleUploadedFile(name, stored))
    overwrite(image.file.name, left)
    report = check("--repair")
    assert (kinds(report), report["mended"], report["exit_code"]) == (["changed_file"], 0, 1)
    assert Image.objects.get().sha256 == image.sha256
    # Not even where no SHA-256 is on record: the size tells.
    change(image, sha256="")
    assert "changed_file" in kinds(check("--repair"))
    assert Image.objects.get().byte_size == len(stored)


def test_storage_that_fails_while_mending_stops_nothing(
    add_image: AddImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(2):
        change(add_image(seed), phash=None)

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(integrity, "hash_stored", fail)
    report = check("--repair")
    assert (kinds(report), report["mended"]) == (["hash", "hash"], 0)
    assert "No space left on device" in report["findings"][0]["message"]


def test_other_setting_of_the_decode_is_told_with_its_remedy(
    add_image: AddImage, settings: Any
) -> None:
    settings.HASHING = {"DECODE": "default"}
    image = add_image(SimpleUploadedFile("a.jpg", encoded(photo(1, (1200, 1100)))))
    change(image, dct256=PerceptualHash(1, 256))
    settings.HASHING = {"DECODE": "fast"}
    report = check()
    assert kinds(report) == ["column"]
    assert report["findings"][0]["message"] == (
        "decoding was 'default' and is now 'fast' with the setting DECODE, so hashes can differ. "
        "Run hash_images --all to hash every picture again."
    )
    call_command("hash_images", "--all", stdout=io.StringIO(), stderr=io.StringIO())
    assert check()["found"] == 0


def test_file_that_is_refused_today_is_named(add_image: AddImage, settings: Any) -> None:
    add_image(1)
    settings.HASHING = {"MAX_PIXELS": 100}
    assert kinds(check("--repair")) == ["undecodable_file"]


def test_storage_that_fails_is_no_missing_file(
    add_image: AddImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_image(1)

    def fail(*_: Any) -> None:
        raise ConnectionError("the network is down")

    monkeypatch.setattr(type(default_storage._wrapped), "_open", fail)
    (findings,) = row_findings(repair=True)
    assert [finding.kind for finding in findings] == ["unreadable_file"]
    assert "the network is down" in findings[0].message


def test_broken_rendition_is_made_anew(add_image: AddImage) -> None:
    image = add_image(1)
    key = rendition_key(image, 320)
    whole = open_rendition(image, 320)
    overwrite(key, whole[:1000])
    report = check("--repair")
    assert (kinds(report), report["mended"]) == (["broken_rendition"], 1)
    assert open_rendition(image, 320) == whole


@pytest.mark.parametrize("becomes", ["gone", "right"])
def test_row_that_changes_while_it_is_checked_is_no_finding(
    add_image: AddImage, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    image = add_image(1)
    change(image, phash=None)
    real = integrity._confirmed

    def confirmed(*arguments: Any) -> Any:
        if becomes == "gone":
            Image.objects.filter(pk=image.pk).delete()
        else:
            change(image, phash=image.phash)
        return real(*arguments)

    monkeypatch.setattr(integrity, "_confirmed", confirmed)
    assert list(row_findings(repair=True)) == [[]]


def test_rows_are_read_a_portion_at_a_time(
    add_image: AddImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(5):
        add_image(seed)
    monkeypatch.setattr(integrity, "PORTION", 2)
    monkeypatch.setattr(orphans, "PORTION", 2)
    with CaptureQueriesContext(connection) as queries:
        assert list(row_findings(workers=2)) == [[]] * 5
    assert len(queries) == 4  # the last one finds nothing
    assert sum(not findings for findings in file_findings(grace=timedelta(0))) == 10
