"""What is known of the copies of a picture, and what they tell of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

Size = tuple[int, int]  # width and height in pixels

LOSSLESS = frozenset({"PNG", "TIFF", "BMP"})
# The quality of a JPEG that is about as good as a photo reduced to a palette.
FEW_COLOURS = 80
# Qualities this near to each other are one, as far as an earlier one can be told.
SAME_QUALITY = 3
# Sides that differ by less are equal, because bars are found to about a pixel of 256; a border
# makes the picture larger by more, and cutting what is plain at its edges hardly ever does.
SAME_SIDE, BORDER = 0.02, 0.06

ENLARGED, BORDERED = "enlarged", "bordered"


@dataclass(frozen=True)
class Candidate:
    """What is known of one copy: numbers and words, no files."""

    key: int
    created_at: datetime
    pixels: int = 0
    byte_size: int = 0
    format: str = ""
    jpeg_quality: int = 0
    """From 1 to 100; 0 if unknown, or not a JPEG."""
    is_framed: bool = False
    """Whether it stands in bars: those have pixels too, and show nothing."""
    is_dated: bool = False
    words: int = 0
    """How much people said of it: tags, albums, and the texts that are not empty."""
    albums: frozenset[str] = field(default_factory=frozenset)
    owner: str = ""
    size: Size = (0, 0)
    inside: Size = (0, 0)
    """How much is left when the bars are cut; zeros if there are none, or nobody looked."""
    content: str = ""
    """A digest: of equal ones the pixels are equal."""
    enlarged_from: str = ""
    """The content of the copy that it is an enlargement of."""
    earlier_quality: int = 0
    """The lower JPEG quality, about, that it was saved at before; 0 if none shows."""
    added: str = ""
    """What was done to another of the copies to make this one: ENLARGED, BORDERED, or nothing."""
    quality: int = 0
    """The lowest JPEG quality, about, that it was ever saved at; 0 if unknown."""
    savings: int = 0
    """How many earlier savings show."""

    @property
    def is_lossless(self) -> bool:
        """Whether it keeps every colour: a photo of few colours takes under a byte a pixel."""
        return self.format in LOSSLESS and self.byte_size >= self.pixels


def compared(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return `candidates` with what follows from there being the others."""
    copies = _Copies.of(candidates)
    return [
        replace(
            one,
            is_framed=one.is_framed and one.size not in copies.unframed,
            added=_added(one, copies),
            quality=_quality(one, copies),
            savings=_savings(one, copies),
        )
        for one in candidates
    ]


class _Shape(NamedTuple):
    size: Size
    inside: Size


class _Saving(NamedTuple):
    quality: int
    earlier: int


@dataclass(frozen=True)
class _Copies:
    """What there is among the copies, each once: clusters may be large, and alike throughout."""

    contents: frozenset[str]
    unframed: frozenset[Size]
    """Sizes of copies without bars: bars in one as large belong to the picture."""
    shapes: frozenset[_Shape]
    savings: frozenset[_Saving]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> _Copies:
        return cls(
            frozenset(one.content for one in candidates) - {""},
            frozenset(one.size for one in candidates if not one.is_framed) - {(0, 0)},
            frozenset(_Shape(one.size, one.inside) for one in candidates if all(one.inside)),
            frozenset(_Saving(one.jpeg_quality, one.earlier_quality) for one in candidates),
        )


def _added(one: Candidate, copies: _Copies) -> str:
    if one.enlarged_from != one.content and one.enlarged_from in copies.contents:
        return ENLARGED
    shape = _Shape(one.size, one.inside)
    is_known = all(one.inside)
    return BORDERED if is_known and any(_is_wider(shape, other) for other in copies.shapes) else ""


def _is_wider(one: _Shape, other: _Shape) -> bool:
    """Tell whether `one` shows as much as `other` inside wider bars."""
    inside = [ours / theirs for ours, theirs in zip(one.inside, other.inside, strict=True)]
    whole = [ours / theirs for ours, theirs in zip(one.size, other.size, strict=True)]
    is_equal = all(abs(ratio - 1) <= SAME_SIDE for ratio in inside)
    return is_equal and min(whole) >= 1 and max(whole) > 1 + BORDER


def _quality(one: Candidate, copies: _Copies) -> int:
    told = one.jpeg_quality
    if one.format in LOSSLESS:
        told = 100 if one.is_lossless and one.earlier_quality else FEW_COLOURS
    if not (one.earlier_quality and told):
        return told
    # What was found is rounded; a copy from which it may have been made tells exactly.
    sources = [source.earlier or source.quality for source in _sources(one, copies)]
    return min([told, *(sources or [one.earlier_quality])])


def _savings(one: Candidate, copies: _Copies) -> int:
    return bool(one.earlier_quality) + any(source.earlier for source in _sources(one, copies))


def _sources(one: Candidate, copies: _Copies) -> Iterator[_Saving]:
    """Yield how copies were saved from which `one` may have been saved again."""
    for saving in copies.savings:
        is_lower = 0 < saving.quality < (one.jpeg_quality or 100)
        is_near = abs(saving.quality - one.earlier_quality) <= SAME_QUALITY
        if one.earlier_quality and is_lower and is_near:
            yield saving
