"""Only the boxes of an AVIF or HEIC file that describe the picture itself are returned."""

import struct

import pytest

from hashing.exceptions import Refusal
from hashing.pictures.item_boxes import picture_properties
from tests.pictures import encoded, photo


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I", 8 + len(content)) + kind + content


def file_of(picture: int, associations: bytes) -> bytes:
    """Return a file with two properties, whose picture is the item of the number `picture`."""
    properties = box(b"ipco", box(b"colr", b"of a thumbnail"), box(b"colr", b"of the picture"))
    iprp = box(b"iprp", properties, box(b"ipma", associations))
    pitm = box(b"pitm", bytes(4), struct.pack(">H", picture))
    return box(b"ftyp", b"avif") + box(b"meta", bytes(4), pitm, iprp)


NARROW = bytes(4) + struct.pack(">IHBBHBBB", 2, 1, 1, 0x81, 2, 2, 0x02, 0x09)
WIDE = struct.pack(">III", 0x01_00_00_01, 2, 1) + struct.pack(">BHIBH", 1, 0x8001, 2, 1, 2)


@pytest.mark.parametrize("associations", [NARROW, WIDE])
def test_properties_belong_to_the_picture(associations: bytes) -> None:
    data = file_of(2, associations)
    assert [data[b.content : b.end] for b in picture_properties(data)] == [b"of the picture"]
    assert picture_properties(file_of(3, associations)) == []


def test_properties_of_a_real_file() -> None:
    kinds = [b.kind for b in picture_properties(encoded(photo(1), "AVIF"))]
    assert {b"ispe", b"colr", b"av1C"} <= set(kinds)


def test_a_file_without_boxes_has_none() -> None:
    assert picture_properties(b"") == []
    assert picture_properties(box(b"meta", bytes(4))) == []


def test_associations_that_end_early_are_refused() -> None:
    with pytest.raises(Refusal):
        picture_properties(file_of(2, NARROW[:-3]))
