"""What differs between two files of what may be one picture, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format

from gallery.models import Image
from hashing.fingerprints import Alignment
from hashing.matching import BURST_SECONDS

IDENTICAL_FILE, SAME_PIXELS = "identical file", "same pixels"
ONLY_METADATA = "only metadata"
ANOTHER_MOMENT = "another moment"

NAMED_SCALES = {
    1 / 2: "half the size",
    1 / 3: "a third of the size",
    1 / 4: "a quarter of the size",
    2.0: "twice the size",
    3.0: "three times the size",
    4.0: "four times the size",
}

# What was done to the picture to make the other one, by the turn of their match.
TURNS = {
    "mirrored": "mirrored",
    "flipped": "flipped top to bottom",
    "half": "upside down",
    "left": "turned 90° left",
    "right": "turned 90° right",
    "transposed": "turned 90° right and mirrored",
    "transversed": "turned 90° left and mirrored",
}
QUARTER_TURNS = ("left", "right", "transposed", "transversed")
# What has to be cut for a framing.
BARS = {"unframed": "border", "uncaptioned": "border or caption"}
# Of these facts the more the better, as a rule.
MEASURES: dict[str, Callable[[Image], int]] = {
    "Dimensions": lambda image: (image.width or 0) * (image.height or 0),
    "File size": lambda image: image.byte_size or 0,
    "JPEG quality": lambda image: image.jpeg_quality or 0,
}
LABELS = {"WEBP": "WebP", "HEIF": "HEIC"}


@dataclass(frozen=True)
class Row:
    """One line of a comparison."""

    label: str
    first: str
    second: str
    lead: int = 0
    """Positive if the first has more of it, negative if the second has."""

    @property
    def differs(self) -> bool:
        return self.first != self.second


def remark(image: Image, other: Image) -> str:
    """Return the one difference of `other` from `image` that matters most."""
    if image.sha256 and image.sha256 == other.sha256:
        return IDENTICAL_FILE
    if image.content_digest and image.content_digest == other.content_digest:
        return SAME_PIXELS
    if are_moments(image, other):
        return ANOTHER_MOMENT
    return _shape(image, other) or _file(image, other) or "same dimensions"


def are_moments(image: Image, other: Image) -> bool:
    """Tell whether two pictures were taken at different times of one burst."""
    if image.taken_at is None or other.taken_at is None:
        return False
    return timedelta(0) < abs(image.taken_at - other.taken_at) < timedelta(seconds=BURST_SECONDS)


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


def sentence(image: Image, other: Image, alignment: Alignment | None, recoloured: str = "") -> str:
    """
    Say how `other`, which is the same picture as `image`, differs from it, what matters most first.

    `alignment` is how `image` sees it, as far as that is known; `recoloured` says what was done to
    the colours, which the rows do not tell.
    """
    if image.sha256 and image.sha256 == other.sha256:
        return IDENTICAL_FILE
    if image.content_digest and image.content_digest == other.content_digest:
        return _metadata(image, other) if image.format == other.format else _as_format(other)
    dressed = dressing(alignment, _keeps_proportions(image, other, alignment))
    parts = [*dressed, recoloured, _scale(image, other, alignment), _coding(image, other)]
    return ", ".join(part for part in parts if part) or "edited or compressed again"


def _metadata(image: Image, other: Image) -> str:
    return ONLY_METADATA + (": date" if image.taken_at != other.taken_at else "")


def dressing(alignment: Alignment | None, keeps_proportions: bool = False) -> list[str]:
    """Say how the picture was turned, and which bars it got or lost."""
    if alignment is None:
        return []
    turn, bars = TURNS.get(alignment.turn, ""), ""
    if alignment.framing == "whole" != alignment.other_framing:
        bars = f"with a {BARS[alignment.other_framing]}"
    elif alignment.other_framing == "whole" != alignment.framing:
        # Who crops keeps the proportions more often than not; a border has changed them.
        bars = "cropped" if keeps_proportions else f"without the {BARS[alignment.framing]}"
    return [turn, bars]


def _keeps_proportions(image: Image, other: Image, alignment: Alignment | None) -> bool:
    if not (image.width and image.height and other.width and other.height):
        return False
    turned = alignment is not None and alignment.turn in QUARTER_TURNS
    share = other.height / other.width if turned else other.width / other.height
    return abs(share * image.height / image.width - 1) < 0.01


def _scale(image: Image, other: Image, alignment: Alignment | None) -> str:
    """Say how much smaller or larger it is; where bars differ only if it is so by far."""
    if not (image.width and image.height and other.width and other.height):
        return ""
    width, height = other.width, other.height
    if alignment and alignment.turn in QUARTER_TURNS:
        width, height = height, width
    wide, high = width / image.width, height / image.height
    if alignment and alignment.framing != alignment.other_framing:
        return "smaller" if max(wide, high) < 0.7 else "larger" if min(wide, high) > 1.6 else ""
    scale = (wide * high) ** 0.5
    if abs(wide / high - 1) > 0.02 and not 0.9 < wide / high < 1.1:
        return "other proportions"
    return _scaled(scale)


def _scaled(scale: float) -> str:
    for named, words in NAMED_SCALES.items():
        if abs(scale / named - 1) < 0.03:
            return words
    if scale < 0.97:
        return f"{scale:.0%} of the size".replace("%", " %")
    return "enlarged" if scale > 1.03 else ""


def _coding(image: Image, other: Image) -> str:
    """Say what kind of file it is, and how strongly a JPEG was compressed."""
    if other.jpeg_quality and abs(other.jpeg_quality - (image.jpeg_quality or 0)) > 2:
        return f"JPEG quality about {other.jpeg_quality}"
    return _as_format(other) if image.format != other.format else ""


def _as_format(other: Image) -> str:
    return f"as {LABELS.get(other.format, other.format)}"


def rows(first: Image, second: Image) -> list[Row]:
    """Return what is known of two pictures side by side."""
    second_facts = facts(second)
    return [
        Row(label, value, second_facts[label], _lead(label, first, second))
        for label, value in facts(first).items()
    ]


def _lead(label: str, first: Image, second: Image) -> int:
    """Return by how much the first picture has more of something; 0 where that is not known."""
    measure = MEASURES.get(label)
    known = [measure(image) for image in (first, second)] if measure else []
    return known[0] - known[1] if known and all(known) else 0


def facts(image: Image) -> dict[str, str]:
    """Return what is known of a picture as text."""
    return {
        "Title": image.title or "—",
        "File name": image.original_name or "—",
        "Dimensions": f"{image.width} × {image.height}" if image.width else "—",
        "File size": filesizeformat(image.byte_size) if image.byte_size else "—",
        "Type": image.format or "—",
        "JPEG quality": f"about {image.jpeg_quality}" if image.jpeg_quality else "—",
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
