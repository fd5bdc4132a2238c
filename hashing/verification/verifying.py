"""
Verification: says what two pictures are to each other by looking at their pixels.

Hashes of the whole picture cannot see a name on a form, the colour of a shirt or an animal before
a fixed camera. So pairs that match by hash are laid on each other and compared place by place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hashing.fingerprints import Alignment, Turn
from hashing.pictures import Preview
from hashing.verification.aligning import Aligned, align, framed_start
from hashing.verification.changes import named_changes
from hashing.verification.colours import LONG_SIDE, ColourAgreement, colour_agreement
from hashing.verification.comparing import FLAT, Comparison, compared
from hashing.verification.planes import Planes, inside
from hashing.verification.regions import Place, merged
from hashing.verification.verification import (
    Evidence,
    Kind,
    PixelAlignment,
    Region,
    Verification,
)

# The hint where no hashes were compared: upright and whole, at the largest distance.
UNKNOWN = Alignment(255)

Closer = Callable[[], tuple[Preview, Preview] | None]

# A place is altered if its weight is above this.
ALTERED_WEIGHT = 75.0
# The share of the area whose colour disagrees if a picture is altered.
ALTERED_COLOUR = 0.1
# The shares of windows that disagree if pictures are different: textured ones and all.
DIFFERENT_SHARE, DIFFERENT_TEXTURED, DIFFERENT_ALL = 0.35, 0.6, 0.45
LEAST_CORRELATION, LEAST_OVERLAP = 0.5, 0.45
# The same for the share of texture that is error; it may be larger if the hashes of pictures that
# were not moved are within so many bits, for text can cover most of the texture.
MOST_ERROR, MOST_ERROR_NEAR, NEAR_BITS = 0.4, 0.6, 77
# From this correlation on the error of texture decides nothing: grain is lost in small copies.
SURE = 0.9
# The share of textured windows below which nothing can be verified.
LEAST_TEXTURED = 0.05
# The map by the hashes alone is taken if its correlation is at most so much less than that of the
# one found, and its error at most so many times as large and so much more. It is taken at once if
# registration has moved no corner by more than this share of a side.
PLAIN_SLACK, PLAIN_TIMES, PLAIN_MORE, MOST_MISFIT = 0.03, 1.15, 0.005, 0.3
STILL = 0.001


def verify(
    first: Preview,
    second: Preview,
    alignment: Alignment | None = None,
    closer: Closer | None = None,
) -> Verification:
    """
    Return what two pictures are to each other.

    `alignment` says how the first picture has to be turned and cut to match the second by hash.
    `closer` returns larger copies of both pictures, in this order; it is called only if they can
    change the answer. The answer is the same whichever picture comes first.
    """
    hint = alignment or UNKNOWN
    ours, theirs = Planes(first), Planes(second)
    if _goes_first(ours, theirs, hint):
        return _verified(ours, theirs, hint)
    return _verified(theirs, ours, hint.swapped()).swapped()


def _goes_first(ours: Planes, theirs: Planes, hint: Alignment) -> bool:
    """Return whether the first picture is the reference: the one that shows less, if any."""
    area = framed_start(ours, theirs, hint).area
    if abs(area - 1) > 1e-6:
        return area < 1
    return _order(ours) <= _order(theirs)


def _order(planes: Planes) -> tuple[int, bytes]:
    return planes.size.pixels, planes.preview.pixels.tobytes()


def _verified(reference: Planes, other: Planes, hint: Alignment) -> Verification:
    aligned = align(reference, other, hint)
    comparison = _better(aligned)
    aspects = (reference.size.width / reference.size.height, other.size.width / other.size.height)
    if comparison is None:
        nothing: Evidence = {
            "correlation": aligned.correlation,
            "textured": 0.0,
            "disagree": 1.0,
            "overlap": 0.0,
            "weight": 0.0,
            "colour": 0.0,
        }
        alignment = PixelAlignment(hint.turn, aligned.map, *aspects)
        return Verification(Kind.DIFFERENT, alignment, (), (), nothing)
    judgement = _Judgement(reference, other, aligned, comparison, hint.distance)
    return judgement.verification(hint.turn, aspects)


def _better(aligned: Aligned) -> Comparison | None:
    """Return the comparison under the map found, or under the plain one if that is as good."""
    plain = found = None
    if aligned.plain_correlation >= aligned.correlation - PLAIN_SLACK:
        plain = compared(aligned.reference, aligned.other, aligned.plain)
        if plain is not None and aligned.movement < STILL:
            return plain
    found = compared(aligned.reference, aligned.other, aligned.map)
    if plain is None or found is None:
        return found or plain
    is_as_good = _misfit(plain) <= PLAIN_TIMES * _misfit(found) + PLAIN_MORE
    return plain if is_as_good else found


def _misfit(comparison: Comparison) -> float:
    """Return the mean error of windows, in which those that disagree anyway hardly count."""
    windows = comparison.agreement.windows
    shares = windows.error / (windows.power + np.float32(FLAT))
    return float(np.minimum(shares, MOST_MISFIT)[windows.held].mean())


@dataclass(frozen=True, eq=False)
class _Judgement:
    """Draws the conclusions from a comparison."""

    reference: Planes
    other: Planes
    aligned: Aligned
    comparison: Comparison
    bits: int

    def verification(self, turn: Turn, aspects: tuple[float, float]) -> Verification:
        alignment = PixelAlignment(turn, self.comparison.map, *aspects)
        colours = self._colours
        kind = self._kind(colours)
        boxes = self._boxes(colours) if kind == Kind.ALTERED else ()
        changes = named_changes(alignment, self.comparison, colours, self.reference, self.other)
        if kind not in (Kind.COPY, Kind.ALTERED):
            changes = ()
        return Verification(kind, alignment, changes, boxes, self._evidence(colours))

    def _kind(self, colours: ColourAgreement) -> Kind:
        comparison, agreement = self.comparison, self.comparison.agreement
        held, textured = agreement.windows.held, agreement.textured
        if textured.sum() < LEAST_TEXTURED * max(1, held.sum()):
            return Kind.UNVERIFIED
        off, correlation = agreement.disagreeing(DIFFERENT_SHARE), self.aligned.correlation
        if (
            correlation < LEAST_CORRELATION
            or comparison.overlap < LEAST_OVERLAP
            or (correlation < SURE and agreement.texture_error > self._most_error)
            or (off & textured).sum() > DIFFERENT_TEXTURED * textured.sum()
            or off.sum() > DIFFERENT_ALL * held.sum()
        ):
            return Kind.DIFFERENT
        if self._altered or colours.share > ALTERED_COLOUR:
            return Kind.ALTERED
        return Kind.COPY

    @property
    def _most_error(self) -> float:
        is_unmoved = self.comparison.map == self.aligned.plain
        return MOST_ERROR_NEAR if is_unmoved and self.bits <= NEAR_BITS else MOST_ERROR

    @cached_property
    def _altered(self) -> list[Place]:
        comparison = self.comparison
        return [place for place in comparison.places if comparison.weight(place) > ALTERED_WEIGHT]

    @property
    def _colours(self) -> ColourAgreement:
        size, to_other = self.reference.size.within(LONG_SIDE), self.comparison.map
        ours = (self.reference.resized(size), *(self.reference.resized(size, b) for b in (1, 2)))
        theirs = (
            self.other.warped(size, to_other),
            self.other.warped(size, to_other, 1),
            self.other.warped(size, to_other, 2),
        )
        return colour_agreement((ours[0], ours[1], ours[2]), theirs, inside(size, to_other.matrix))

    def _boxes(self, colours: ColourAgreement) -> tuple[Region, ...]:
        rectangles = [self.comparison.box(place) for place in self._altered]
        if colours.place is not None and colours.share > ALTERED_COLOUR:
            rectangles.append(colours.place.box(1, 1, *self.reference.size.within(LONG_SIDE)))
        to_other = self.comparison.map
        return tuple(Region(box, to_other.bounds(box)) for box in merged(rectangles))

    def _evidence(self, colours: ColourAgreement) -> Evidence:
        agreement, comparison = self.comparison.agreement, self.comparison
        held = max(1, int(agreement.windows.held.sum()))
        weights = [comparison.weight(place) for place in comparison.places]
        return {
            "correlation": round(self.aligned.correlation, 4),
            "textured": round(float(agreement.textured.sum()) / held, 4),
            "disagree": round(float(comparison.disagreeing.sum()) / held, 4),
            "overlap": round(min(1.0, self.comparison.overlap), 4),
            "weight": round(max(weights, default=0.0), 1),
            "colour": round(colours.share, 4),
        }
