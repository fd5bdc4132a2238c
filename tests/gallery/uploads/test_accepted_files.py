"""Files that are not accepted are refused with a reason."""

import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from gallery.uploads.accepted_files import accepted_types, decoded
from hashing.exceptions import Refusal
from tests.pictures import encoded, photo, upload


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and contains next to nothing."""
    data = bytearray(encoded(PillowImage.new("L", (1, 1)), "PNG"))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


def refusal_of(name: str, data: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decoded(SimpleUploadedFile(name, data))
    return caught.value


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.jpg", b"", "empty"),
        ("a.gif", b"GIF89a, or so it says", "not_a_picture"),
        ("a.txt", b"words", "wrong_extension"),
        ("a.html", encoded(photo(1)), "wrong_extension"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        ("a.jpg", encoded(photo(1))[:4000], "truncated"),
        ("a.png", encoded(photo(1), "PNG")[:-3000], "truncated"),
        ("a.png", png_header(9000, 9000), "too_many_pixels"),
        ("a.png", png_header(60000, 60000), "too_many_pixels"),
        ("a.bmp", encoded(photo(1), "BMP"), "not_a_picture"),
    ],
)
def test_bad_file_is_refused(name: str, data: bytes, code: str) -> None:
    refusal = refusal_of(name, data)
    assert refusal.code == code
    assert refusal.message.endswith(".")


def test_large_file_is_refused_unread(settings: Any) -> None:
    settings.GALLERY = {"MAX_UPLOAD_BYTES": 1024 * 1024}
    assert refusal_of("a.jpg", bytes(1_600_000)).message == (
        "Too large: 1.5 MB (limit 1 MB). Export a smaller version and try again."
    )


def test_wrong_extension_says_what_to_do() -> None:
    assert refusal_of("a.txt", b"words").message == (
        "This file type isn't supported. If it is a picture, give it the right extension "
        "(.jpg, .png …)."
    )


def test_picture_is_decoded() -> None:
    assert decoded(upload(1)).format == "JPEG"


def test_types_are_listed_as_a_file_input_wants_them() -> None:
    assert accepted_types().startswith("image/jpeg,image/png,image/gif,image/webp,image/avif")
