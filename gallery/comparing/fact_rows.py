"""The facts of two pictures, side by side in rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format

from gallery.models import Image

NOTHING = "—"
# Facts of which more is usually better.
MEASURES: dict[str, Callable[[Image], int]] = {
    "Dimensions": lambda image: (image.width or 0) * (image.height or 0),
    "File size": lambda image: image.byte_size or 0,
    "JPEG quality": lambda image: image.jpeg_quality or 0,
}


@dataclass(frozen=True)
class FactRow:
    """One fact of two pictures."""

    label: str
    first: str
    second: str
    lead: int = 0
    """Positive if the first picture has more of it, negative if the second has."""

    @property
    def differs(self) -> bool:
        return self.first != self.second


def fact_rows(first: Image, second: Image) -> list[FactRow]:
    """Return the facts of two pictures side by side."""
    second_facts = facts(second)
    return [
        FactRow(label, value, second_facts[label], _lead(label, first, second))
        for label, value in facts(first).items()
    ]


def _lead(label: str, first: Image, second: Image) -> int:
    """Return by how much the first picture has more; 0 if that is unknown or no advantage."""
    if (measure := MEASURES.get(label)) is None:
        return 0
    ours, theirs = measure(first), measure(second)
    return ours - theirs if ours and theirs else 0


def facts(image: Image) -> dict[str, str]:
    """Return the facts of a picture as text, by their labels."""
    return {
        "Title": image.title or NOTHING,
        "File name": image.original_name or NOTHING,
        "Dimensions": f"{image.width} × {image.height}" if image.width else NOTHING,
        "File size": filesizeformat(image.byte_size) if image.byte_size else NOTHING,
        "Type": image.format or NOTHING,
        "JPEG quality": f"about {image.jpeg_quality}" if image.jpeg_quality else NOTHING,
        "Taken": _date(image.taken_at),
        "Uploaded": _date(image.created_at),
        "By": str(image.owner or NOTHING),
        "Tags": ", ".join(tag.name for tag in image.tags.all()) or NOTHING,
        "Albums": ", ".join(album.name for album in image.albums.all()) or NOTHING,
        "SHA-256": image.sha256[:16] or NOTHING,
        "Content digest": image.content_digest[:24] or NOTHING,
    }


def _date(moment: datetime | None) -> str:
    return date_format(moment, "j F Y, H:i") if moment else NOTHING
