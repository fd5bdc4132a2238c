"""Videos, maps and views that come along with a photograph."""

import struct

import pytest

from hashing.pictures import Companion
from hashing.pictures.companions import heif_companions, jpeg_companions
from tests.pictures import encoded, photo

VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(50)
SECOND = encoded(photo(2))


def index(*kinds: int, order: str = "<") -> bytes:
    """Return the segment that lists pictures of these kinds."""
    entries = b"".join(struct.pack(order + "IIIHH", kind, 0, 0, 0, 0) for kind in kinds)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    field = struct.pack(order + "HHHII", 1, 0xB002, 7, len(entries), 22)
    return b"MPF\0" + mark + struct.pack(order + "I", 8) + field + entries


@pytest.mark.parametrize(
    ("head", "trailer", "found"),
    [
        (b"", b"", ()),
        (b"", b"\0" * 99, ()),
        (b"", VIDEO, (Companion.VIDEO,)),
        (b'hdrgm:Version="1.0"', SECOND, (Companion.GAIN_MAP,)),
        (b'hdrgm:Version="1.0"', b"", ()),  # the map itself was cut off
        (b"", SECOND + b"urn:com:apple:photo:2020:aux:hdrgainmap", (Companion.GAIN_MAP,)),
        (b'Item:Semantic="Depth"', SECOND + VIDEO, (Companion.VIDEO, Companion.DEPTH_MAP)),
        (b"http://ns.adobe.com/xmp/extension/ GDepth:Data", b"", (Companion.DEPTH_MAP,)),
        (index(0x030000, 0x020002), SECOND, (Companion.VIEWS,)),
        (index(0x030000, 0x020003, order=">"), SECOND, (Companion.VIEWS,)),
        (index(0x030000, 0x010001), SECOND, ()),  # only a preview
        (index(0x030000, 0x020002)[:30], SECOND, ()),
    ],
)
def test_jpeg(head: bytes, trailer: bytes, found: tuple[Companion, ...]) -> None:
    assert jpeg_companions(head, trailer) == found


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (box(b"meta", b"urn:com:apple:photo:2020:aux:hdrgainmap"), (Companion.GAIN_MAP,)),
        (box(b"meta", b"urn:mpeg:hevc:2015:auxid:2"), (Companion.DEPTH_MAP,)),
        (box(b"meta", b"urn:mpeg:hevc:2015:auxid:1"), ()),  # transparency
        (box(b"meta", b"grpl....ster"), (Companion.VIEWS,)),
        (box(b"mpvd", VIDEO), (Companion.VIDEO,)),
        (box(b"free", VIDEO), ()),
        (b"\xff\xff\xff\xffmeta", ()),
    ],
)
def test_items(data: bytes, found: tuple[Companion, ...]) -> None:
    assert heif_companions(data) == found


def test_plain_pictures_have_none() -> None:
    assert heif_companions(encoded(photo(1), "AVIF")) == ()
