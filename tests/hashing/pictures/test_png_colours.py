"""Damaged chunks about the colours of a PNG are left out, and the picture is shown without."""

from io import BytesIO

import numpy as np
import pytest

from hashing.pictures import decode
from hashing.pictures.png_colours import colour_chunks, without_damaged_colours
from tests.colours import COLOURS, gama, patches, png, png_chunk, seen
from tests.pictures import encoded, photo


def flipped(chunk: bytes) -> bytes:
    """Return `chunk` with a wrong checksum."""
    return chunk[:-1] + bytes((chunk[-1] ^ 1,))


DAMAGED = [
    png_chunk(b"gAMA", b"\0\1"),
    png_chunk(b"cHRM", bytes(8)),
    png_chunk(b"sRGB", b""),
    png_chunk(b"cICP", b"\1"),
    png_chunk(b"iCCP", b""),
    png_chunk(b"iCCP", b"no zero byte"),
    png_chunk(b"iCCP", b"name\0\7of another compression"),
    flipped(gama(1.0)),
]


@pytest.mark.parametrize("chunk", DAMAGED)
def test_picture_is_shown_without_a_damaged_chunk(chunk: bytes) -> None:
    picture = decode(BytesIO(png(patches(COLOURS), chunk)))
    assert (seen(picture.displayed(lambda image: image)) == np.array(COLOURS)).all()
    assert picture.colour_space.key == ""


def test_all_damaged_chunks_are_left_out_and_all_others_stay() -> None:
    sound, note = gama(1.0), png_chunk(b"tEXt", b"Title\0Lake")
    damaged = png(patches(COLOURS), *DAMAGED, note, *DAMAGED, sound)
    copy = without_damaged_colours(BytesIO(damaged))
    copy.seek(0)
    assert copy.read() == png(patches(COLOURS), note, sound)
    assert colour_chunks(BytesIO(damaged)) == {b"gAMA": sound[8:-4]}


@pytest.mark.parametrize("data", [png(patches(COLOURS), gama(1.0)), encoded(photo(1)), b""])
def test_other_files_are_not_copied(data: bytes) -> None:
    file = BytesIO(data)
    assert without_damaged_colours(file) is file
