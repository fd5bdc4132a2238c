"""Where the items of an AVIF or HEIC file are stored (ISO/IEC 14496-12, section 8.11)."""

from collections.abc import Iterator
from typing import NamedTuple

from hashing.pictures.containers import IsoBox, PartCount, iso_boxes
from hashing.pictures.refusals import truncated


class Extent(NamedTuple):
    """A part of an item of the type `kind`: `length` bytes from `begin` on, 0 for all of them."""

    kind: bytes
    begin: int
    length: int


class _Fields:
    """Big-endian numbers read one after another from a box."""

    def __init__(self, data: bytes, box: IsoBox) -> None:
        self.data, self.position, self.end = data, box.content, box.end

    def bytes(self, size: int) -> bytes:
        self.position += size
        if self.position > self.end:
            raise truncated()
        return self.data[self.position - size : self.position]

    def number(self, size: int) -> int:
        return int.from_bytes(self.bytes(size), "big")


def item_extents(data: bytes, meta: IsoBox) -> list[Extent]:
    """
    Return the extents, counted from the start of the file, of all items in the box `meta`.

    Items inside the box itself are left out. Raises Refusal if the box is malformed.
    """
    # Version and flags come first, four bytes, as in every box read here.
    children = {box.kind: box for box in iso_boxes(data, meta.content + 4, meta.end)}
    if not {b"iinf", b"iloc"} <= children.keys():
        return []
    kinds = dict(_item_kinds(data, children[b"iinf"]))
    return [
        Extent(kinds.get(item, b""), begin, length)
        for item, begin, length in _locations(_Fields(data, children[b"iloc"]))
    ]


def _item_kinds(data: bytes, box: IsoBox) -> Iterator[tuple[int, bytes]]:
    """Yield number and type of each item listed in the box "iinf"."""
    fields = _Fields(data, box)
    version = fields.number(4) >> 24
    fields.number(4 if version else 2)
    for entry in iso_boxes(data, fields.position, box.end):
        item = _Fields(data, entry)
        version = item.number(4) >> 24
        number = item.number(4 if version > 2 else 2)
        item.number(2)
        yield number, item.bytes(4)


def _locations(fields: _Fields) -> Iterator[tuple[int, int, int]]:
    """Yield item number, position and length of each extent listed in the box "iloc"."""
    parts = PartCount()
    version = fields.number(4) >> 24
    sizes = fields.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    for _ in range(fields.number(4 if version == 2 else 2)):
        parts.add()
        item = fields.number(4 if version == 2 else 2)
        is_inside = bool(fields.number(2) & 15) if version in (1, 2) else False
        fields.number(2)
        base = fields.number(base_size)
        for _ in range(fields.number(2)):
            parts.add()
            fields.number(index_size)
            begin, length = base + fields.number(offset_size), fields.number(length_size)
            if not is_inside:
                yield item, begin, length
