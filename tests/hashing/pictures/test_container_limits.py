"""Files of more parts than a decoder should walk through."""

import struct
import zlib
from io import BytesIO

import pytest

from hashing.exceptions import Refusal
from hashing.pictures import containers
from hashing.pictures.container_limits import refuse_many_parts
from hashing.pictures.decoding import decode
from tests.pictures import encoded, photo

MOST = 500
MANY = MOST + 10


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_PARTS", MOST)


def in_jpeg(part: bytes, before: bytes = b"", first: bytes = b"") -> bytes:
    """Return a JPEG with many a `part` at its beginning, or before the last place of `before`."""
    data = encoded(photo(1))
    place = data.rindex(before) if before else 2
    return data[:place] + first + part * MANY + data[place:]


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def in_png(part: bytes, before: bytes) -> bytes:
    data = encoded(photo(1, (32, 32)), "PNG")
    place = data.index(before) - 4
    return data[:place] + part * MANY + data[place:]


def in_gif(part: bytes, head: bytes = b"", tail: bytes = b"") -> bytes:
    data = encoded(photo(1, (16, 16)), "GIF")
    place = 13 + (3 << (data[10] % 8 + 1))
    return data[:place] + head + part * MANY + tail + data[place:]


HOSTILE = {
    "empty segments": in_jpeg(b"\xff\xe5\0\2"),
    "empty comments": in_jpeg(b"\xff\xfe\0\2"),
    "filling": in_jpeg(b"\xff"),
    "escapes": in_jpeg(b"\xff\0"),
    "bytes between segments": in_jpeg(b"a"),
    "segments whose length decoders do not read": in_jpeg(b"\xff\xf0"),
    "segments behind the pixels": in_jpeg(b"\xff\xdd\0\4\0\0", before=b"\xff\xd9"),
    "filling behind the pixels": in_jpeg(b"\xff", before=b"\xff\xd9", first=b"\xff\xdd\0\4\0\0"),
    "empty chunks": in_png(chunk(b"prVt", b""), before=b"IDAT"),
    "words": in_png(chunk(b"tEXt", b"a\0b"), before=b"IDAT"),
    "chunks without pixels": in_png(chunk(b"IDAT", b""), before=b"IDAT"),
    "chunks behind the pixels": in_png(chunk(b"prVt", b""), before=b"IEND"),
    "comments": in_gif(b"!\xfe\1a\0"),
    "a comment in pieces": in_gif(b"\1a", b"!\xfe", b"\0"),
    "bytes between blocks": in_gif(b"a"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_file_of_too_many_parts_is_refused(kind: str) -> None:
    with pytest.raises(Refusal, match=r"^This file has more than 500 parts") as refused:
        decode(BytesIO(HOSTILE[kind]))
    assert refused.value.code == "too_many_parts"


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if "behind the pixels" not in kind])
def test_it_is_refused_before_a_decoder_sees_it(kind: str) -> None:
    with pytest.raises(Refusal):
        refuse_many_parts(BytesIO(HOSTILE[kind]))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_pictures_have_few_parts(format: str) -> None:
    assert decode(BytesIO(encoded(photo(1), format))).format == format


def test_pixels_are_no_parts_of_a_jpeg() -> None:
    restarted = encoded(photo(1), restart_marker_blocks=1)
    assert restarted.count(b"\xff\xd1") > 0
    assert decode(BytesIO(restarted + b"\xff" * MANY)).format == "JPEG"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF"])
def test_file_cut_off_anywhere_is_walked_to_its_end(format: str) -> None:
    data = encoded(photo(1, (32, 32)), format)
    for length in range(len(data)):
        refuse_many_parts(BytesIO(data[:length]))
