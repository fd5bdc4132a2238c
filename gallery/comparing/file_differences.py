"""The differences between two files of what may be the same picture, in words."""

from __future__ import annotations

from collections.abc import Iterator

from gallery.comparing.losses import gains, losses
from gallery.comparing.seen_differences import (
    PLAIN,
    as_seen,
    change_words,
    place_words,
    shape_words,
)
from gallery.models import Image
from hashing.fingerprints import Alignment, Framing, Turn
from hashing.model_matching import moment_of
from hashing.verification import Change, Verification

IDENTICAL_FILE, SAME_PIXELS = "identical file", "same pixels"
ONLY_METADATA = "only metadata differs"
BURST_SHOT = "burst shot"
OTHER_PROPORTIONS = "different proportions"

NAMED_SCALES = {
    1 / 2: "half the size",
    1 / 3: "a third of the size",
    1 / 4: "a quarter of the size",
    2.0: "twice the size",
    3.0: "three times the size",
    4.0: "four times the size",
}
# The turn of an alignment, as it was applied to the picture to make the other one.
TURNS = {
    Turn.MIRRORED: "mirrored",
    Turn.FLIPPED: "flipped vertically",
    Turn.HALF: "upside down",
    Turn.LEFT: "rotated 90° left",
    Turn.RIGHT: "rotated 90° right",
    Turn.TRANSPOSED: "rotated 90° right and mirrored",
    Turn.TRANSVERSED: "rotated 90° left and mirrored",
}
QUARTER_TURNS = (Turn.LEFT, Turn.RIGHT, Turn.TRANSPOSED, Turn.TRANSVERSED)
# The part of a picture that a framing leaves out.
BARS = {Framing.UNFRAMED: "border", Framing.UNCAPTIONED: "border or caption"}
BAR_CHANGES = (Change.FRAMED, Change.UNFRAMED)
# Turning a picture or resampling it to another size changes these too.
RESAMPLED_CHANGES = (Change.BLURRED, Change.SHARPENED)
LABELS = {"WEBP": "WebP", "HEIF": "HEIC"}


def remark(image: Image, other: Image) -> str:
    """Return the most important difference of `other`, which may be another picture altogether."""
    if equal := _equality(image, other):
        return equal
    if is_burst(image, other):
        return BURST_SHOT
    return (
        _shape(image, other)
        or _format(image, other)
        or _file_size(image, other)
        or "same dimensions"
    )


def sentence(
    image: Image, other: Image, alignment: Alignment | None, seen: Verification | None = None
) -> str:
    """
    Return the differences of `other`, which is the same picture, the most important first.

    `alignment` is that of `image` to `other`, None if unknown; `seen` is what looking at both has
    shown, None if nobody has looked.
    """
    equal = _equality(image, other)
    if equal == IDENTICAL_FILE:
        return equal
    changes = [*losses(image.held, other.held), *gains(image.held, other.held)]
    if equal:
        changes.append(_format(image, other))
        return ", ".join(filter(None, changes)) or _metadata(image, other)
    alignment = alignment and as_seen(alignment, seen)
    is_cropped = seen is not None and any(shape_words(seen))
    parts = [
        place_words(seen) if seen else "",
        *alignment_words(alignment, _keeps_proportions(image, other, alignment)),
        *(_looks(seen, image, other, alignment) if seen else ()),
        "" if is_cropped else _scale(image, other, alignment),
        *changes,
        _coding(image, other),
    ]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or "edited or re-saved"


def _looks(
    seen: Verification, image: Image, other: Image, alignment: Alignment | None
) -> Iterator[str]:
    """Yield words for what was seen, except what other words say or explain."""
    is_framed = alignment is not None and alignment.framing != alignment.other_framing
    has_same_pixels = _ratios(image, other) == (1, 1) and alignment and alignment.is_plain
    explained = {
        *(PLAIN[change] for change in BAR_CHANGES if is_framed),
        *(PLAIN[change] for change in RESAMPLED_CHANGES if not has_same_pixels),
    }
    yield from shape_words(seen)
    yield from (words for words in change_words(seen) if words not in explained)


def is_burst(image: Image, other: Image) -> bool:
    """Return whether two pictures were taken at different times of one burst."""
    ours, theirs = moment_of(image), moment_of(other)
    return ours is not None and theirs is not None and ours.is_burst_with(theirs)


def alignment_words(alignment: Alignment | None, keeps_proportions: bool = False) -> list[str]:
    """Return words for the turn of an alignment, and for bars that were added or removed."""
    if alignment is None:
        return []
    words = [TURNS.get(alignment.turn, "")]
    if alignment.framing == Framing.WHOLE != alignment.other_framing:
        words.append(f"with a {BARS[alignment.other_framing]}")
    elif alignment.other_framing == Framing.WHOLE != alignment.framing:
        # A crop usually keeps the proportions; removing a border changes them.
        removed = f"without the {BARS[alignment.framing]}"
        words.append("cropped" if keeps_proportions else removed)
    return [word for word in words if word]


def _equality(image: Image, other: Image) -> str:
    """Return what is equal in two pictures; "" if neither the file nor the pixels are."""
    if image.sha256 and image.sha256 == other.sha256:
        return IDENTICAL_FILE
    if image.content_digest and image.content_digest == other.content_digest:
        return SAME_PIXELS
    return ""


def _ratios(image: Image, other: Image, is_turned: bool = False) -> tuple[float, float] | None:
    """
    Return width and height of `other` as shares of those of `image`; None if any is unknown.

    With `is_turned`, width and height of `other` are swapped.
    """
    if not (image.width and image.height and other.width and other.height):
        return None
    width, height = (other.height, other.width) if is_turned else (other.width, other.height)
    return width / image.width, height / image.height


def _is_turned(alignment: Alignment | None) -> bool:
    return alignment is not None and alignment.turn in QUARTER_TURNS


def _keeps_proportions(image: Image, other: Image, alignment: Alignment | None) -> bool:
    ratios = _ratios(image, other, _is_turned(alignment))
    return ratios is not None and abs(ratios[0] / ratios[1] - 1) < 0.01


def _shape(image: Image, other: Image) -> str:
    """Return words for another size, or for other proportions of a picture not known to match."""
    ratios, turned = _ratios(image, other), _ratios(image, other, is_turned=True)
    if ratios is None or turned is None:
        return ""
    if abs(ratios[0] / ratios[1] - 1) <= 0.02:
        return _scaled(*ratios)
    return "rotated" if abs(turned[0] / turned[1] - 1) <= 0.02 else OTHER_PROPORTIONS


def _scale(image: Image, other: Image, alignment: Alignment | None) -> str:
    """Return words for another size; with different bars only for a very different one."""
    ratios = _ratios(image, other, _is_turned(alignment))
    if ratios is None:
        return ""
    if alignment and alignment.framing != alignment.other_framing:
        return "smaller" if max(ratios) < 0.7 else "larger" if min(ratios) > 1.6 else ""
    return _scaled(*ratios) if 0.9 < ratios[0] / ratios[1] < 1.1 else OTHER_PROPORTIONS


def _scaled(wide: float, high: float) -> str:
    """Return words for the scale of a picture whose sides are these shares of another's."""
    scale = (wide * high) ** 0.5
    for named, words in NAMED_SCALES.items():
        if abs(scale / named - 1) < 0.03:
            return words
    if scale < 0.97:
        return f"{100 * scale:.0f} % of the size"
    return "enlarged" if scale > 1.03 else ""


def _metadata(image: Image, other: Image) -> str:
    return ONLY_METADATA + (": date" if image.taken_at != other.taken_at else "")


def _coding(image: Image, other: Image) -> str:
    """Return words for another JPEG quality, or else for another format."""
    if other.jpeg_quality and abs(other.jpeg_quality - (image.jpeg_quality or 0)) > 2:
        return f"JPEG quality about {other.jpeg_quality}"
    return _format(image, other)


def _format(image: Image, other: Image) -> str:
    if image.format == other.format:
        return ""
    return f"saved as {LABELS.get(other.format, other.format)}"


def _file_size(image: Image, other: Image) -> str:
    if not image.byte_size or not other.byte_size:
        return ""
    change = other.byte_size / image.byte_size - 1
    if abs(change) < 0.02:
        return ""
    return f"{100 * abs(change):.0f} % {'smaller' if change < 0 else 'larger'} file"
