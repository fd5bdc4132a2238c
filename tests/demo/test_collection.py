"""The demonstration collection keeps what it promises to the people who judge the gallery by it."""

import io
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import imagehash
import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from demo.alterations import ALTERATIONS
from demo.collection import DemoPicture, demo_pictures

DISTINCT_BITS = 16
FOUND_BITS = 10
MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def files(drawn: Callable[[DemoPicture], bytes]) -> dict[DemoPicture, bytes]:
    """Every picture with its bytes."""
    return {picture: drawn(picture) for picture in demo_pictures()}


@pytest.fixture(scope="module")
def hashes(files: dict[DemoPicture, bytes]) -> dict[str, imagehash.ImageHash]:
    """The perceptual hash of every upright picture, by file name."""
    return {picture.file_name: imagehash.phash(upright(data)) for picture, data in files.items()}


def upright(data: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def levels(data: bytes) -> np.ndarray:
    return np.asarray(upright(data), dtype=np.int16)


def pairs(files: dict[DemoPicture, bytes], kind: str) -> list[tuple[bytes, bytes]]:
    """The bytes of each copy of a kind, and of its original."""
    named = {picture.file_name: data for picture, data in files.items()}
    return [(named[p.file_name], named[p.original]) for p in files if p.alteration == kind]


@pytest.mark.slow
def test_bytes_are_the_same_at_every_drawing(files: dict[DemoPicture, bytes]) -> None:
    chosen = {"candle.jpg", "candle-lossless.png", "sixteen-rings.webp", "snow-on-a-phone.jpg"}
    again = {p: p.encoded() for p in demo_pictures() if p.file_name in chosen}
    assert len(again) == len(chosen)
    assert all(files[picture] == data for picture, data in again.items())


def test_file_names_are_unique(files: dict[DemoPicture, bytes]) -> None:
    assert len({picture.file_name for picture in files}) == len(files)


def test_a_third_of_the_pictures_are_made_of_others(files: dict[DemoPicture, bytes]) -> None:
    made = [picture for picture in files if picture.original or picture.sources]
    assert len(made) * 3 == pytest.approx(len(files), abs=6)


def test_every_picture_decodes_at_a_sensible_size(files: dict[DemoPicture, bytes]) -> None:
    for picture, data in files.items():
        smallest = 400 if picture.original or picture.sources else 900
        assert smallest <= max(upright(data).size) <= 1700, picture.file_name


def test_every_picture_has_words(files: dict[DemoPicture, bytes]) -> None:
    for picture in files:
        assert picture.title, picture
        assert picture.tags, picture
        assert picture.alt_text.endswith("."), picture


def test_no_picture_is_flat(files: dict[DemoPicture, bytes]) -> None:
    assert all(levels(data).std() > 12 for data in files.values())


def test_the_collection_is_light(files: dict[DemoPicture, bytes]) -> None:
    assert sum(map(len, files.values())) < MOST_BYTES


def test_originals_are_far_apart(
    files: dict[DemoPicture, bytes], hashes: dict[str, imagehash.ImageHash]
) -> None:
    originals = [picture for picture in files if picture.original is None]
    for one, other in combinations(originals, 2):
        if not (one.template and one.template == other.template):
            bits = hashes[one.file_name] - hashes[other.file_name]
            assert bits > DISTINCT_BITS, (one.file_name, other.file_name)


def test_pictures_on_one_template_are_near(
    files: dict[DemoPicture, bytes], hashes: dict[str, imagehash.ImageHash]
) -> None:
    templates = Counter(picture.template for picture in files if picture.template)
    assert set(templates.values()) == {2}
    for one, other in combinations(files, 2):
        if one.template and one.template == other.template:
            assert hashes[one.file_name] - hashes[other.file_name] <= FOUND_BITS, one.template
            assert not np.array_equal(levels(files[one]), levels(files[other]))


def test_first_class_copies_are_near_their_originals(
    files: dict[DemoPicture, bytes], hashes: dict[str, imagehash.ImageHash]
) -> None:
    for picture in files:
        if picture.original and picture.first_class:
            bits = hashes[picture.file_name] - hashes[picture.original]
            assert bits <= FOUND_BITS, picture.file_name


def test_every_alteration_is_shown(files: dict[DemoPicture, bytes]) -> None:
    assert {picture.alteration for picture in files} - {None} == set(ALTERATIONS)


def test_originals_are_no_copies_and_copies_name_an_original(
    files: dict[DemoPicture, bytes],
) -> None:
    originals = {picture.file_name for picture in files if picture.original is None}
    assert all(p.alteration is None and not p.first_class for p in files if p.original is None)
    assert all(p.original in originals for p in files if p.original)


@pytest.mark.parametrize("kind", ["metadata-changed", "png"])
def test_lossless_copies_have_equal_pixels_in_other_bytes(
    files: dict[DemoPicture, bytes], kind: str
) -> None:
    for copy, original in pairs(files, kind):
        assert copy != original
        assert np.array_equal(levels(copy), levels(original))


def test_metadata_copies_keep_the_compressed_data(files: dict[DemoPicture, bytes]) -> None:
    for copy, original in pairs(files, "metadata-changed"):
        scan = original[original.index(b"\xff\xda") :]
        assert copy.endswith(scan)
        assert Image.open(io.BytesIO(copy)).getexif()[ExifTags.Base.Artist] == "Somebody else"


def test_byte_equal_copies_are_equal(files: dict[DemoPicture, bytes]) -> None:
    assert all(copy == original for copy, original in pairs(files, "byte-equal"))


def test_exif_turned_copies_lie_on_their_side(files: dict[DemoPicture, bytes]) -> None:
    for copy, original in pairs(files, "exif-turned"):
        stored = Image.open(io.BytesIO(copy))
        assert stored.getexif()[ExifTags.Base.Orientation] == 6
        assert stored.size == Image.open(io.BytesIO(original)).size[::-1]


def test_exif_turned_copies_are_equal_once_upright(files: dict[DemoPicture, bytes]) -> None:
    for copy, original in pairs(files, "exif-turned"):
        difference = np.abs(levels(copy) - levels(original))
        # A JPEG was compressed again to be turned; a PNG lost nothing.
        assert difference.mean() < (2 if copy.startswith(b"\xff\xd8") else 1e-9)


def test_photographs_carry_the_camera_s_record(files: dict[DemoPicture, bytes]) -> None:
    records = [Image.open(io.BytesIO(d)).getexif() for p, d in files.items() if not p.original]
    details = [record.get_ifd(ExifTags.IFD.Exif) for record in records]
    assert sum(ExifTags.Base.DateTimeOriginal in part for part in details) >= 10
    assert sum(bool(record.get_ifd(ExifTags.IFD.GPSInfo)) for record in records) == 1
