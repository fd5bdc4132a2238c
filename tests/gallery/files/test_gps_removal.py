"""A file without the place where it was taken."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from gallery.files.gps_removal import without_location
from tests.pictures import encoded, photo

GPS = 0x8825
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="48,12.5N" '
    b"dc:title='Harbour' exif:GPSLongitude='16,22.1E'>"
    b"<exif:GPSAltitude rdf:datatype='x'>171/1</exif:GPSAltitude>"
    b'<drone GpsLatitude="+51.5007"/></rdf:Description></x:xmpmeta>'
)


def tagged(order: str = "<") -> Image.Exif:
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F] = "Heliotype"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 12:01:02"
    exif.get_ifd(GPS).update(
        {1: "N", 2: (48.0, 12.0, 30.5), 3: "E", 4: (16.0, 22.0, 6.0), 29: "2024:05:01"}
    )
    return exif


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_position_goes_and_the_rest_stays(format: str, order: str) -> None:
    data = encoded(photo(1), format, exif=tagged(order).tobytes())
    assert opened(data).getexif().get_ifd(GPS)[2] == (48.0, 12.0, 30.5)
    stripped = without_location(data)
    exif = opened(stripped).getexif()
    assert exif.get_ifd(GPS) == {}
    assert exif[0x010F] == "Heliotype"
    assert exif.get_ifd(0x8769)[0x9003] == "2024:05:01 12:01:02"
    assert len(stripped) == len(data)
    assert not ImageChops.difference(opened(data), opened(stripped)).getbbox()


def test_position_goes_from_xmp_too() -> None:
    stripped = without_location(encoded(photo(1), "WEBP", xmp=XMP))
    for secret in (b"48,12.5N", b"16,22.1E", b"171/1", b"51.5007"):
        assert secret not in stripped
    assert b"dc:title='Harbour'" in stripped
    assert opened(stripped).size == (320, 240)


def test_compressed_metadata_of_a_png_goes_altogether() -> None:
    info = PngInfo()
    info.add_text("Comment", "Harbour")
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    info.add_text("Raw profile type exif", "\nexif\n 4\n4d4d002a\n", zip=True)
    stripped = opened(without_location(encoded(photo(1), "PNG", pnginfo=info)))
    assert stripped.text == {"Comment": "Harbour"}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_file_without_position_stays_as_it_is(format: str) -> None:
    data = encoded(photo(1), format)
    assert without_location(data) == data


@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_pixels_that_look_like_a_position_stay(format: str) -> None:
    image = Image.effect_noise((200, 150), 90).convert("RGB")
    data = encoded(image, format)
    # Bytes of a whole GPS directory in the middle of the coded pixels.
    directory = tagged().tobytes()[6:].replace(b"\xff", b"\xfe")
    middle = len(data) // 2
    data = data[:middle] + directory + data[middle + len(directory) :]
    assert without_location(data) == data


def test_position_of_a_preview_behind_the_picture_goes_too() -> None:
    data = encoded(photo(1)) + encoded(photo(2), exif=tagged().tobytes())
    stripped = without_location(data)
    preview = stripped[len(encoded(photo(1))) :]
    assert opened(preview).getexif().get_ifd(GPS) == {}
    assert not ImageChops.difference(opened(preview), opened(encoded(photo(2)))).getbbox()


def test_file_without_position_is_not_copied() -> None:
    data = encoded(photo(1))
    assert without_location(data) is data


@given(st.binary(max_size=400), st.binary(max_size=60), st.sampled_from([b"II*\0", b"MM\0*"]))
def test_any_bytes_are_taken(head: bytes, tail: bytes, header: bytes) -> None:
    data = head + header + tail
    assert len(without_location(data)) == len(data)


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=8))
def test_damaged_files_are_taken(position: int, damage: bytes) -> None:
    for format in ("JPEG", "PNG"):
        data = bytearray(encoded(photo(1, (48, 36)), format, exif=tagged().tobytes()))
        begin = position % len(data)
        data[begin : begin + len(damage)] = damage
        without_location(bytes(data))


def test_metadata_that_is_too_long_to_look_through_goes_altogether() -> None:
    packet = XMP[:-12] + b" " * 400_000 + XMP[-12:]
    data = encoded(photo(1)) + packet + b"between" + packet
    first, second = without_location(data).split(b"between")
    assert b"Harbour" in first
    assert b"Harbour" not in second
    assert b"GPS" in first
    assert b"48,12.5N" not in first + second
    assert len(first) + len(b"between") + len(second) == len(data)


def test_metadata_of_a_png_that_is_too_long_to_look_through_is_left_out() -> None:
    info = PngInfo()
    for number in range(6):
        info.add_text(f"note {number}", "x" * 900_000)
    seen = opened(without_location(encoded(photo(1), "PNG", pnginfo=info)))
    assert list(seen.text) == [f"note {number}" for number in range(4)]
    assert ImageChops.difference(seen, photo(1)).getbbox() is None
