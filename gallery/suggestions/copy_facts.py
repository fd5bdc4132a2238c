"""The facts of the copies of a picture, and what follows from comparing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from hashing.pictures import Holdings

Size = tuple[int, int]  # width and height in pixels

LOSSLESS = frozenset({"PNG", "TIFF", "BMP"})
# The quality of a JPEG that is about as good as a photograph reduced to a palette.
PALETTE_QUALITY = 80
# Qualities this close to each other are the same, as exactly as an earlier one can be measured.
SAME_QUALITY = 3
# Sides that differ by less are equal, because bars are found to about a pixel of 256. A border
# makes a picture larger by more than that, which cropping plain edges hardly ever does.
SAME_SIDE, BORDER = 0.02, 0.06
# A border leaves at least this share of the pixels. In a copy that is larger than that explains,
# the dark edge was lost when the picture was made smaller.
LEAST_INSIDE = 0.4

# Depths of colour above eight bits.
DEPTHS = (10, 12, 16)
COLOUR_PROFILE, CAMERA_DATA = "colour profile", "camera data"
# Programs write a few EXIF tags of their own, cameras dozens. A copy with less than this share of
# the pixels is no original whose camera data is worth more than pixels.
CAMERA_TAGS, AS_LARGE = 12, 0.9

ENLARGED, BORDERED = "enlarged", "bordered"


@dataclass(frozen=True)
class CopyFacts:
    """The facts of one copy: numbers and words, no files."""

    key: int
    created_at: datetime
    pixels: int = 0
    byte_size: int = 0
    format: str = ""
    jpeg_quality: int = 0
    """From 1 to 100; 0 if unknown, or not a JPEG."""
    is_framed: bool = False
    """Whether it has bars, which add pixels but show nothing."""
    is_dated: bool = False
    words: int = 0
    """How many tags, albums and texts people added."""
    albums: frozenset[str] = field(default_factory=frozenset)
    owner: str = ""
    size: Size = (0, 0)
    inside: Size = (0, 0)
    """The size inside the bars; zeros if it has none, or was not examined."""
    content: str = ""
    """A digest: copies with equal ones have equal pixels."""
    enlarged_from: str = ""
    """The content of the copy that it was enlarged from."""
    earlier_quality: int = 0
    """The approximate lower JPEG quality of an earlier save; 0 if none is detected."""
    added: str = ""
    """How it was made from another of the copies: ENLARGED, BORDERED, or nothing."""
    quality: int = 0
    """The approximate lowest JPEG quality that it was ever saved at; 0 if unknown."""
    earlier_saves: int = 0
    """How many earlier saves are detected."""
    holdings: Holdings = field(default_factory=Holdings)
    lacks: frozenset[str] = frozenset()
    """What others of the copies hold and this one does not."""

    @property
    def assets(self) -> frozenset[str]:
        """What the file holds beside its pixels, in words; another copy may have lost it."""
        return frozenset(_assets(self.holdings))

    @property
    def is_lossless(self) -> bool:
        return is_lossless(self.format, self.byte_size, self.pixels)


def is_lossless(format: str, byte_size: int, pixels: int) -> bool:
    """
    Return whether a file of this format keeps every colour.

    A photograph reduced to a palette takes less than a byte per pixel.
    """
    return format in LOSSLESS and byte_size >= pixels


def compared(copies: Sequence[CopyFacts]) -> list[CopyFacts]:
    """Return `copies` with the facts that follow from comparing them with each other."""
    traits = _Traits.of(copies)
    return [
        replace(
            copy,
            is_framed=copy.is_framed and not _has_own_edges(copy, traits),
            added=_added(copy, traits),
            quality=_quality(copy, traits),
            earlier_saves=_earlier_saves(copy, traits),
            lacks=traits.assets - copy.assets,
        )
        for copy in copies
    ]


class _Shape(NamedTuple):
    size: Size
    inside: Size


class _Save(NamedTuple):
    quality: int
    earlier: int


@dataclass(frozen=True)
class _Traits:
    """The distinct traits of the copies: a cluster can be large and have few of them."""

    contents: frozenset[str]
    unframed: frozenset[Size]
    """Sizes of copies without bars; bars in another one of that size belong to the picture."""
    shapes: frozenset[_Shape]
    saves: frozenset[_Save]
    assets: frozenset[str]

    @classmethod
    def of(cls, copies: Sequence[CopyFacts]) -> _Traits:
        return cls(
            frozenset(copy.content for copy in copies) - {""},
            frozenset(copy.size for copy in copies if not copy.is_framed) - {(0, 0)},
            frozenset(_Shape(copy.size, copy.inside) for copy in copies if all(copy.inside)),
            frozenset(_Save(copy.jpeg_quality, copy.earlier_quality) for copy in copies),
            _shared_assets(copies),
        )


def _assets(holdings: Holdings) -> Iterator[str]:
    yield from holdings.companions
    yield from (f"{depth} bits" for depth in DEPTHS if depth <= holdings.depth)
    if holdings.is_animated:
        yield "animation"
    if holdings.is_transparent:
        yield "transparency"
    if holdings.colours:
        yield COLOUR_PROFILE
    if holdings.tags >= CAMERA_TAGS:
        yield CAMERA_DATA


def _shared_assets(copies: Sequence[CopyFacts]) -> frozenset[str]:
    """Return what any of the copies holds; a thumbnail's camera data does not count."""
    most = max((copy.pixels for copy in copies), default=0)
    return frozenset(
        asset
        for copy in copies
        for asset in copy.assets
        if asset != CAMERA_DATA or copy.pixels >= AS_LARGE * most
    )


def _has_own_edges(copy: CopyFacts, traits: _Traits) -> bool:
    """Return whether the bars of a copy belong to the picture: nobody added them."""
    most = max((width * height for width, height in traits.unframed), default=0)
    return copy.size in traits.unframed or copy.pixels > most / LEAST_INSIDE > 0


def _added(copy: CopyFacts, traits: _Traits) -> str:
    if copy.enlarged_from != copy.content and copy.enlarged_from in traits.contents:
        return ENLARGED
    if not all(copy.inside):
        return ""
    shape = _Shape(copy.size, copy.inside)
    return BORDERED if any(_has_wider_bars(shape, other) for other in traits.shapes) else ""


def _has_wider_bars(shape: _Shape, other: _Shape) -> bool:
    """Return whether `shape` shows as much as `other` inside wider bars."""
    inside = [ours / theirs for ours, theirs in zip(shape.inside, other.inside, strict=True)]
    whole = [ours / theirs for ours, theirs in zip(shape.size, other.size, strict=True)]
    is_equal = all(abs(ratio - 1) <= SAME_SIDE for ratio in inside)
    return is_equal and min(whole) >= 1 and max(whole) > 1 + BORDER


def _quality(copy: CopyFacts, traits: _Traits) -> int:
    """Return the lowest quality that a copy was saved at, now or earlier."""
    present = copy.jpeg_quality
    if copy.format in LOSSLESS:
        present = 100 if copy.is_lossless and copy.earlier_quality else PALETTE_QUALITY
    if not (copy.earlier_quality and present):
        return present
    # A measured quality is approximate; that of a copy it could be made from is exact.
    sources = [source.earlier or source.quality for source in _sources(copy, traits)]
    return min([present, *(sources or [copy.earlier_quality])])


def _earlier_saves(copy: CopyFacts, traits: _Traits) -> int:
    return bool(copy.earlier_quality) + any(source.earlier for source in _sources(copy, traits))


def _sources(copy: CopyFacts, traits: _Traits) -> Iterator[_Save]:
    """Yield the saves of copies that `copy` could have been re-saved from."""
    for save in traits.saves:
        is_lower = 0 < save.quality < (copy.jpeg_quality or 100)
        is_near = abs(save.quality - copy.earlier_quality) <= SAME_QUALITY
        if copy.earlier_quality and is_lower and is_near:
            yield save
