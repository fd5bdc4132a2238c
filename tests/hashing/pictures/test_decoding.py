"""Decoding: what is taken, what is refused, and what comes out upright and on white."""

import csv
import gc
import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from hashing.exceptions import Refusal
from hashing.pictures.decoding import DecodeOptions, Picture, decode
from hashing.pictures.exif import UPRIGHT
from hashing.pictures.jpeg_stream import jpeg_stream
from tests.pictures import encoded, photo

# Undoing each orientation: what a camera held that way has stored.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def decoded(data: bytes, **options: int | None) -> Picture:
    return decode(BytesIO(data), DecodeOptions(**options))


def refusal(data: bytes, **options: int | None) -> Refusal:
    with pytest.raises(Refusal) as refused:
        decoded(data, **options)
    return refused.value


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(picture.image)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_every_format_is_told_by_its_content(format: str) -> None:
    data = encoded(photo(1), format)
    picture = decoded(data)
    assert picture.format == format
    assert (picture.width, picture.height) == picture.image.size == (320, 240)
    assert picture.image.mode == "RGB"
    assert picture.gray.mode == "L"
    assert picture.byte_size == len(data)
    assert np.abs(pixels(picture).astype(int) - np.asarray(photo(1))).mean() < 15


def test_size_is_that_of_the_file_whatever_kind_of_file_it_is(tmp_path: Path) -> None:
    data = encoded(photo(1))
    path = tmp_path / "photo"
    path.write_bytes(data)
    with path.open("rb") as file:
        files: list[BinaryIO] = [BytesIO(data), SimpleUploadedFile("photo", data), file]
        for opened in files:
            opened.seek(7)
            assert decode(opened).byte_size == len(data)


def test_digests_are_those_of_the_file() -> None:
    jpeg = encoded(photo(1))
    assert decoded(jpeg).content_digest == jpeg_stream(jpeg).digest
    assert decoded(jpeg + b"trailer").content_digest == jpeg_stream(jpeg).digest
    assert decoded(jpeg + b"trailer").sha256 != decoded(jpeg).sha256
    png = encoded(photo(1), "PNG")
    assert (
        decoded(png).content_digest
        == decoded(encoded(photo(1), "PNG", compress_level=1)).content_digest
    )
    assert decoded(png).content_digest.startswith("px1:")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_upright(format: str, orientation: int) -> None:
    image = photo(2, (160, 96))
    stored = image.transpose(STORED[orientation]) if orientation in STORED else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if format == "WEBP" else {}
    if format == "JPEG":
        options = {"quality": 100, "subsampling": 0}
    picture = decoded(encoded(stored, format, exif=exif, **options))
    assert (picture.width, picture.height) == picture.image.size == (160, 96)
    assert np.abs(pixels(picture).astype(int) - np.asarray(image)).max() <= 4


def test_every_orientation_but_the_first_has_its_turn() -> None:
    assert sorted(UPRIGHT) == sorted(STORED) == list(range(2, 9))


@pytest.mark.parametrize("orientation", [0, 9, 300])
def test_orientation_that_means_nothing_is_ignored(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert decoded(encoded(photo(2), exif=exif)).image.size == (320, 240)


def test_transparency_shows_white() -> None:
    image = photo(1).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 320, 120))
    white = np.asarray(Image.new("RGB", (320, 120), "white"))
    for format, options in (("PNG", {}), ("WEBP", {"lossless": True})):
        seen = pixels(decoded(encoded(image, format, **options)))
        assert (seen[:120] == white).all()
        assert (seen[120:] == np.asarray(photo(1))[120:]).all()


def test_half_transparency_is_half_white() -> None:
    seen = pixels(decoded(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 128)), "PNG")))
    assert (seen == 127).all()


def test_transparent_colour_of_a_palette_shows_white() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    for format in ("PNG", "GIF"):
        assert (pixels(decoded(encoded(image, format, transparency=1))) == 255).all()
        assert (pixels(decoded(encoded(image, format, transparency=0))) == [0, 0, 255]).all()


def test_palette_has_its_colours() -> None:
    image = photo(1).quantize(32)
    assert (pixels(decoded(encoded(image, "PNG"))) == np.asarray(image.convert("RGB"))).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA"])
def test_other_modes_look_the_same(mode: str) -> None:
    image = photo(1).convert(mode)
    assert (pixels(decoded(encoded(image, "PNG"))) == np.asarray(image.convert("RGB"))).all()


def test_sixteen_bits_of_gray_keep_their_highest_eight() -> None:
    gray = np.asarray(photo(1).convert("L"))
    deep = Image.fromarray(gray.astype(np.uint16) * 256 + 200)
    assert (pixels(decoded(encoded(deep, "PNG"))) == gray[:, :, None]).all()


def test_four_inks_become_three_colours() -> None:
    picture = decoded(encoded(photo(1).convert("CMYK"), quality=95))
    assert np.abs(pixels(picture).astype(int) - np.asarray(photo(1))).mean() < 10


def test_gray_jpeg_is_gray() -> None:
    seen = pixels(decoded(encoded(photo(1).convert("L"))))
    assert (seen[:, :, 0] == seen[:, :, 1]).all()
    assert (seen[:, :, 0] == seen[:, :, 2]).all()


@pytest.mark.parametrize(("format", "kind"), [("GIF", "GIF"), ("WEBP", "WEBP"), ("PNG", "PNG")])
def test_first_of_several_frames_is_the_picture(format: str, kind: str) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    first = photo(1).quantize(64).convert("RGB")
    several = encoded(first, format, save_all=True, append_images=[photo(2), photo(3)], **options)
    picture = decoded(several)
    assert picture.format == kind
    assert np.abs(pixels(picture).astype(int) - np.asarray(first)).mean() < 3


def test_jpeg_with_more_pictures_behind_it_is_a_jpeg() -> None:
    several = encoded(photo(1), "MPO", save_all=True, append_images=[photo(2)])
    picture = decoded(several)
    assert picture.format == "JPEG"
    assert (pixels(picture) == pixels(decoded(encoded(photo(1))))).all()


@given(st.integers(1, 2400), st.integers(1, 2400), st.sampled_from([0, 700]))
@settings(max_examples=25, deadline=None)
def test_draft_leaves_the_pixels_that_are_asked_for(width: int, height: int, long: int) -> None:
    jpeg = encoded(Image.new("L", (width, height), 90))
    picture = decoded(jpeg, short_side=512, long_side=long)
    assert (picture.width, picture.height) == (width, height)
    assert min(picture.image.size) >= min(512, width, height)
    assert max(picture.image.size) >= min(long, max(width, height))
    # … and no more than the next scale would leave.
    if picture.image.size != (width, height):
        assert min(picture.image.size) < 1024 or max(picture.image.size) < 2 * long


def test_draft_is_left_out_on_request_and_for_other_formats() -> None:
    image = photo(1, (1600, 1100))
    assert decoded(encoded(image)).image.size == (800, 550)
    assert decoded(encoded(image), long_side=1000).image.size == (1600, 1100)
    assert decoded(encoded(image), short_side=None).image.size == (1600, 1100)
    assert decoded(encoded(image, "WEBP")).image.size == (1600, 1100)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_file_cut_off_anywhere_is_refused(format: str) -> None:
    whole = encoded(photo(1), format)
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        assert refusal(whole[: int(len(whole) * part)]).code in (
            "truncated", "damaged", "not_a_picture")  # fmt: skip


def test_truncated_jpeg_is_told_that_part_of_it_is_missing() -> None:
    refused = refusal(encoded(photo(1))[:-20])
    assert refused.code == "truncated"
    assert refused.message.startswith("The file is incomplete")


def test_damaged_png_is_refused_with_its_cause_attached() -> None:
    png = bytearray(encoded(photo(1), "PNG"))
    png[len(png) // 2 : len(png) // 2 + 100] = b"\xff" * 100
    refused = refusal(bytes(png))
    assert refused.code == "damaged"
    assert refused.__cause__ is not None


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"\0" * 1000],
    ids=["nothing", "text", "svg", "pdf", "zeros"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    refused = refusal(data)
    assert refused.code == "not_a_picture"
    assert refused.message.endswith("Choose a JPEG, PNG, GIF, WebP, AVIF or HEIC file.")


@pytest.mark.parametrize("format", ["BMP", "TIFF", "ICO", "PPM", "TGA", "PDF"])
def test_picture_of_a_format_that_is_not_allowed_is_refused(format: str) -> None:
    assert refusal(encoded(photo(1, (64, 64)), format)).code == "not_a_picture"


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    nothing = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"\x89PNG\r\n\x1a\n" + header + nothing + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 13_300, 60_000])
def test_picture_that_claims_too_many_pixels_is_refused_before_decoding(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", loads.append)
    refused = refusal(png_claiming(side, side))
    assert not loads
    assert refused.code == "too_many_pixels"
    assert "Export a smaller version and try again." in refused.message


def test_pixel_limit_is_inclusive() -> None:
    png = encoded(photo(1), "PNG")
    assert decoded(png, max_pixels=320 * 240).width == 320
    assert refusal(png, max_pixels=320 * 240 - 1).code == "too_many_pixels"


def test_file_of_another_stays_open_and_nothing_else_does(tmp_path: Path) -> None:
    def open_files() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    path = tmp_path / "photo"
    for data in (encoded(photo(1)), encoded(photo(1), "GIF"), b"nothing", encoded(photo(1))[:-9]):
        path.write_bytes(data)
        before = open_files()
        with path.open("rb") as file:
            with suppress(Refusal):
                decode(file)
            assert not file.closed
            assert open_files() == before + 1
        assert open_files() == before


# Pillow warns of broken metadata while it reads on; the site logs that and goes on too.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_hostile_files_are_taken_or_refused_as_they_must_be(hostile: Path) -> None:
    with (hostile / "MANIFEST.tsv").open(newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    wrong = []
    for row in rows:
        if row["file"].endswith(".html"):
            continue  # it is its name that is refused, which decoding does not see
        with (hostile / row["file"]).open("rb") as file:
            try:
                decode(file)
                became = "accept"
            except Refusal:
                became = "reject"
        if became not in row["expected"]:
            wrong.append((row["file"], row["expected"], became))
    assert not wrong
    assert len(rows) > 400
