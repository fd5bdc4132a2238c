"""What differs between two files of what may be one picture, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format

from gallery.models import Image

IDENTICAL_FILE, SAME_PIXELS = "identical file", "same pixels"

NAMED_SCALES = {
    1 / 2: "half the size",
    1 / 3: "a third of the size",
    1 / 4: "a quarter of the size",
    2.0: "twice the size",
    3.0: "three times the size",
    4.0: "four times the size",
}


@dataclass(frozen=True)
class Row:
    """One line of a comparison."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


def remark(image: Image, other: Image) -> str:
    """Return the one difference of `other` from `image` that matters most."""
    if image.sha256 and image.sha256 == other.sha256:
        return IDENTICAL_FILE
    if image.content_digest and image.content_digest == other.content_digest:
        return SAME_PIXELS
    return _shape(image, other) or _file(image, other) or "same dimensions"


def _shape(image: Image, other: Image) -> str:
    if not (image.width and image.height and other.width and other.height):
        return ""
    wide, high = other.width / image.width, other.height / image.height
    if abs(wide / high - 1) > 0.02:
        turned = (other.height / image.width, other.width / image.height)
        if abs(turned[0] / turned[1] - 1) <= 0.02:
            return "turned on its side"
        return "other proportions"
    for scale, words in NAMED_SCALES.items():
        if abs(wide / scale - 1) < 0.03:
            return words
    if wide < 0.97:
        return f"{wide:.0%} of the size".replace("%", " %")
    return "enlarged" if wide > 1.03 else ""


def _file(image: Image, other: Image) -> str:
    if image.format != other.format:
        return f"other format ({other.format})"
    if not image.byte_size or not other.byte_size:
        return ""
    share = other.byte_size / image.byte_size - 1
    if abs(share) < 0.02:
        return ""
    return f"{abs(share):.0%} {'smaller' if share < 0 else 'larger'} file".replace("%", " %")


def rows(first: Image, second: Image) -> list[Row]:
    """Return what is known of two pictures side by side, what differs first."""
    second_facts = facts(second)
    found = [Row(label, value, second_facts[label]) for label, value in facts(first).items()]
    return sorted(found, key=lambda row: not row.differs)


def facts(image: Image) -> dict[str, str]:
    """Return what is known of a picture as text."""
    return {
        "Title": image.title or "—",
        "File name": image.original_name or "—",
        "Dimensions": f"{image.width} × {image.height}" if image.width else "—",
        "File size": filesizeformat(image.byte_size) if image.byte_size else "—",
        "Type": image.format or "—",
        "Taken": _date(image.taken_at),
        "Uploaded": _date(image.created_at),
        "By": str(image.owner or "—"),
        "Tags": ", ".join(tag.name for tag in image.tags.all()) or "—",
        "Albums": ", ".join(album.name for album in image.albums.all()) or "—",
        "SHA-256": image.sha256[:16] or "—",
        "Content digest": image.content_digest[:24] or "—",
    }


def _date(moment: datetime | None) -> str:
    return date_format(moment, "j F Y, H:i") if moment else "—"
