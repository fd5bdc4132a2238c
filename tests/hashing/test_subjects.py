"""What similar_to() accepts: whatever it is, the same hashes are compared."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import imagehash
import pytest
from PIL import Image, ImageOps

from hashing.conf import decode_options
from hashing.exceptions import NoHash, Refusal
from hashing.fingerprints.fingerprint import fingerprint
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.pictures.decoding import decode
from hashing.subjects import hashes_of_subject
from tests.pictures import encoded, photo
from tests.testapp.models import Matched, Plain, Twofold

PHASH = [Plain._meta.get_field("phash")]
COLORHASH = [Twofold._meta.get_field("colorhash")]
BOTH = [Twofold._meta.get_field(name) for name in ("phash", "colorhash")]

DATA = encoded(photo(1), "PNG")
EXPECTED = fingerprint(BytesIO(DATA), options=decode_options()).hashes


def in_file(folder: Path) -> Path:
    path = folder / "picture"
    path.write_bytes(DATA)
    return path


SUBJECTS: dict[str, Callable[[Path], Any]] = {
    "path": in_file,
    "name of a file": lambda folder: str(in_file(folder)),
    "binary file": lambda folder: BytesIO(DATA),
    "fingerprint": lambda folder: fingerprint(BytesIO(DATA)),
    "picture": lambda folder: Image.open(BytesIO(DATA)),
    "picture without a file": lambda folder: photo(1),
}


@pytest.mark.parametrize("kind", SUBJECTS)
def test_picture_has_all_hashes(kind: str, tmp_path: Path) -> None:
    subject = SUBJECTS[kind](tmp_path)
    assert hashes_of_subject(subject, BOTH) == [EXPECTED["phash"], EXPECTED["colorhash"]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I", "F"])
def test_picture_of_any_mode_is_hashed_as_its_file_would_be(mode: str) -> None:
    image = photo(1).convert(mode)
    (hash_,) = hashes_of_subject(image, PHASH)
    assert hash_ - EXPECTED["phash"] <= 8


def test_picture_is_turned_upright_as_its_file_would_be() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(photo(1), exif=exif)
    image = Image.open(BytesIO(data))
    turned = ImageOps.exif_transpose(image)
    expected = PHASH[0].algorithm(decode(BytesIO(data), decode_options()))
    assert turned.size == image.size[::-1]
    for subject in (image, turned):
        assert hashes_of_subject(subject, PHASH)[0] - expected <= 2


@pytest.mark.parametrize(
    "subject",
    [
        EXPECTED["phash"],
        EXPECTED["phash"].hex,
        EXPECTED["phash"].hex.upper(),
        EXPECTED["phash"].bits,
        imagehash.hex_to_hash(EXPECTED["phash"].hex),
    ],
    ids=["value", "hex", "upper case", "bits", "ImageHash"],
)
def test_hash_is_itself(subject: Any) -> None:
    assert hashes_of_subject(subject, PHASH) == [EXPECTED["phash"]]


def test_hash_of_the_package_imagehash_keeps_its_width() -> None:
    subject = imagehash.colorhash(photo(1))
    assert hashes_of_subject(subject, COLORHASH) == [EXPECTED["colorhash"]]


def test_digits_are_a_hash_even_where_a_file_has_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "00000000000000ff"
    in_file(tmp_path).rename(name)
    assert hashes_of_subject(name, PHASH) == [PerceptualHash(255)]
    assert hashes_of_subject(Path(name), PHASH) == [EXPECTED["phash"]]
    with pytest.raises(ValueError, match="A hash of 64 bits has 16 hex digits"):
        hashes_of_subject("abc", PHASH)


def test_file_that_is_not_there_is_missing() -> None:
    with pytest.raises(FileNotFoundError):
        hashes_of_subject("nowhere/photo.jpg", PHASH)


def test_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no picture")
    with pytest.raises(Refusal):
        hashes_of_subject(path, PHASH)


@pytest.mark.parametrize("subject", [None, 7, 1.5, b"bytes", ["list"]])
def test_anything_else_is_refused_with_what_would_do(subject: Any) -> None:
    with pytest.raises(ValueError, match="must be an instance, a hash, a fingerprint, a picture"):
        hashes_of_subject(subject, PHASH)


@pytest.mark.parametrize("subject", [PerceptualHash(1), "00000000000000ff"])
def test_one_hash_cannot_be_compared_by_two_fields(subject: Any) -> None:
    with pytest.raises(ValueError, match="A hash can be compared by one field only"):
        hashes_of_subject(subject, BOTH)


def test_hash_has_to_have_the_width_of_the_field() -> None:
    with pytest.raises(ValueError, match="'colorhash' holds hashes of 42 bits, not 64"):
        hashes_of_subject(PerceptualHash(1), COLORHASH)


def test_instance_and_fingerprint_without_the_hash_have_none() -> None:
    with pytest.raises(NoHash, match="has no hash to compare"):
        hashes_of_subject(Twofold(phash=PerceptualHash(1)), BOTH)
    with pytest.raises(NoHash, match="has no hash made by 'colorhash'"):
        hashes_of_subject(fingerprint(BytesIO(DATA), ["phash"]), BOTH)


def test_instance_of_another_model_has_its_hashes_too() -> None:
    assert hashes_of_subject(Matched(phash=PerceptualHash(5)), PHASH) == [PerceptualHash(5)]
