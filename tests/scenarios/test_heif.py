"""HEIC files, if pillow-heif is installed."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from gallery.files.gps_removal import without_location
from gallery.uploads.receiving import receive
from hashing import checks
from hashing.checks import check_heif
from tests.pictures import encoded, photo


def heic(**options: Any) -> bytes:
    return encoded(photo(1), "HEIF", quality=90, **options)


def test_picture_is_stored_like_any_other(ann: User) -> None:
    jpeg = receive(SimpleUploadedFile("a.jpg", encoded(photo(1))), ann).image
    outcome = receive(SimpleUploadedFile("IMG_0001.HEIC", heic()), ann)
    image = outcome.image
    assert (image.format, image.width, image.height) == ("HEIF", 320, 240)
    assert Path(image.file.name).suffix == ".heic"
    assert image.phash - jpeg.phash <= 4
    assert [look_alike.image for look_alike in outcome.similar] == [jpeg]


def test_gps_data_is_blanked() -> None:
    exif = PillowImage.Exif()
    exif[0x010F] = "Heliotype"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.5)})
    data = heic(exif=exif.tobytes())
    stripped = without_location(data)
    assert len(stripped) == len(data)
    kept = PillowImage.open(BytesIO(stripped)).getexif()
    assert (kept[0x010F], kept.get_ifd(0x8825)) == ("Heliotype", {})


def test_damaged_file_is_refused(ann: User) -> None:
    outcome = receive(SimpleUploadedFile("a.heic", heic()[:2000]), ann)
    assert outcome.status == "rejected"


def test_site_without_pillow_heif_says_so(tmp_path: Path) -> None:
    (tmp_path / "pillow_heif.py").write_text("raise ImportError")
    (tmp_path / "a.heic").write_bytes(heic())
    code = (
        "from hashing.pictures.decoding import decode\n"
        f"try: decode(open({str(tmp_path / 'a.heic')!r}, 'rb'))\n"
        "except ValueError as refusal: print(refusal.code, refusal)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": f"{tmp_path}:."},
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("no_heif This site cannot read HEIC pictures."), done.stderr


def test_check_says_what_is_missing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_heif() == []
    settings.HASHING = {"HEIF": True}
    assert check_heif() == []
    monkeypatch.setattr(checks, "FORMATS", ["JPEG"])
    (error,) = check_heif()
    assert error.id == "hashing.E004"
    assert "requirements-heif.txt" in error.hint
    settings.HASHING = {"HEIF": None}
    assert check_heif() == []
