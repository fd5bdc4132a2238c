"""
The items of an AVIF or HEIC file: where they are stored, and what is stated of the picture.

Sources: ISO/IEC 14496-12, section 8.11 (items); ISO/IEC 23008-12, section 9.3 (properties).
"""

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


def picture_properties(data: bytes) -> list[IsoBox]:
    """
    Return the boxes that describe the picture itself, not a thumbnail, mask or other rendering.

    Raises Refusal if boxes are malformed.
    """
    for meta in _children(data, IsoBox(b"", 0, len(data)), b"meta"):
        children = {box.kind: box for box in iso_boxes(data, meta.content + 4, meta.end)}
        if {b"pitm", b"iprp"} <= children.keys():
            item = _Fields(data, children[b"pitm"])
            version = item.number(4) >> 24
            return _properties(data, children[b"iprp"], item.number(4 if version else 2))
    return []


def _properties(data: bytes, box: IsoBox, item: int) -> list[IsoBox]:
    """Return the boxes of the box "iprp" that belong to `item`."""
    boxes = [one for list_ in _children(data, box, b"ipco") for one in iso_boxes(data, *list_[1:])]
    indices = [
        index
        for associations in _children(data, box, b"ipma")
        for number, index in _associations(_Fields(data, associations))
        if number == item
    ]
    return [boxes[index - 1] for index in indices if 0 < index <= len(boxes)]


def _associations(fields: _Fields) -> Iterator[tuple[int, int]]:
    """Yield item numbers and the indices, from 1, of their properties in the box "ipma"."""
    parts = PartCount()
    head = fields.number(4)
    version, is_wide = head >> 24, head & 1
    for _ in range(fields.number(4)):
        parts.add()
        item = fields.number(4 if version else 2)
        for _ in range(fields.number(1)):
            parts.add()
            # The first bit says whether the property is essential.
            yield item, fields.number(2) & 0x7FFF if is_wide else fields.number(1) & 0x7F


def _children(data: bytes, box: IsoBox, kind: bytes) -> list[IsoBox]:
    """Return the boxes of `kind` directly inside `box`."""
    return [child for child in iso_boxes(data, box.content, box.end) if child.kind == kind]


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
