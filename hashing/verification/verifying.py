"""
Verification: says what two pictures are to each other by looking at their pixels.

Hashes of the whole picture cannot see a name on a form, the colour of a shirt or an animal before
a fixed camera. So pairs that match by hash are laid on each other and compared place by place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hashing.fingerprints import Alignment, Turn
from hashing.pictures import Preview
from hashing.verification.affine import Rectangle
from hashing.verification.aligning import Aligned, align, framed_start
from hashing.verification.changes import named_changes
from hashing.verification.colours import LONG_SIDE, ColourAgreement, colour_agreement
from hashing.verification.comparing import Comparison, compared
from hashing.verification.planes import Mask, Planes, inside
from hashing.verification.regions import Place, merged, places
from hashing.verification.verification import (
    Evidence,
    Kind,
    PixelAlignment,
    Region,
    Verification,
)
from hashing.verification.windows import SIDE, STEP

Closer = Callable[[], tuple[Preview, Preview] | None]

# A window disagrees if its error is more than so many times the noise, and than this share of the
# variances of both pictures together.
TIMES_NOISE, SHARE_OF_VARIANCE = 6.0, 0.25
# A place is altered if its error, summed over the windows and divided by the number of all
# windows, is above this, and its sum in multiples of the noise above that.
ENERGY, EXCESS = 1.0, 30.0
# The share of the area whose colour disagrees if a picture is altered.
ALTERED_COLOUR = 0.1
# The shares of windows that disagree if pictures are different: textured ones and all.
DIFFERENT_SHARE, DIFFERENT_TEXTURED, DIFFERENT_ALL = 0.35, 0.6, 0.45
MOST_TEXTURE_ERROR, LEAST_CORRELATION, LEAST_OVERLAP = 0.35, 0.45, 0.45
# The share of textured windows below which nothing can be verified.
LEAST_TEXTURED = 0.05
# The map by the hashes alone is taken if it agrees nearly as well as the one found.
PLAIN_SLACK, PLAIN_MORE = 1.15, 0.005


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
    hint = alignment or Alignment(0)
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
            "energy": 0.0,
            "colour": 0.0,
        }
        alignment = PixelAlignment(hint.turn, aligned.map, *aspects)
        return Verification(Kind.DIFFERENT, alignment, (), (), nothing)
    return _Judgement(reference, other, aligned, comparison).verification(hint.turn, aspects)


def _better(aligned: Aligned) -> Comparison | None:
    """Return the comparison under the map found, or under the plain one if that is as good."""
    found = compared(aligned.reference, aligned.other, aligned.map)
    plain = compared(aligned.reference, aligned.other, aligned.plain)
    if plain is None or found is None:
        return found or plain
    is_as_good = _misfit(plain) <= PLAIN_SLACK * _misfit(found) + PLAIN_MORE
    return plain if is_as_good else found


def _misfit(comparison: Comparison) -> float:
    if comparison.textured.sum() > 5:
        return comparison.texture_error
    return float(comparison.windows.error[comparison.windows.held].mean())


@dataclass(frozen=True, eq=False)
class _Judgement:
    """Draws the conclusions from a comparison."""

    reference: Planes
    other: Planes
    aligned: Aligned
    comparison: Comparison

    def verification(self, turn: Turn, aspects: tuple[float, float]) -> Verification:
        alignment = PixelAlignment(turn, self.comparison.map, *aspects)
        mask = self._disagreeing(SHARE_OF_VARIANCE)
        altered = [place for place in places(mask) if self._is_altered(place)]
        colours = self._colours
        kind = self._kind(altered, colours)
        boxes = self._boxes(altered, colours) if kind == Kind.ALTERED else ()
        changes = named_changes(alignment, self.comparison, colours, self.reference, self.other)
        if kind not in (Kind.COPY, Kind.ALTERED):
            changes = ()
        largest = max((self._energy(place) for place in altered), default=0.0)
        return Verification(kind, alignment, changes, boxes, self._evidence(mask, largest, colours))

    def _kind(self, altered: list[Place], colours: ColourAgreement) -> Kind:
        comparison = self.comparison
        held, textured = comparison.windows.held, comparison.textured
        if textured.sum() < LEAST_TEXTURED * max(1, held.sum()):
            return Kind.UNVERIFIED
        off = self._disagreeing(DIFFERENT_SHARE)
        if (
            self.aligned.correlation < LEAST_CORRELATION
            or comparison.overlap < LEAST_OVERLAP
            or comparison.texture_error > MOST_TEXTURE_ERROR
            or (off & textured).sum() > DIFFERENT_TEXTURED * textured.sum()
            or off.sum() > DIFFERENT_ALL * held.sum()
        ):
            return Kind.DIFFERENT
        if altered or colours.share > ALTERED_COLOUR:
            return Kind.ALTERED
        return Kind.COPY

    def _disagreeing(self, share: float) -> Mask:
        windows = self.comparison.windows
        return (
            windows.held
            & (windows.error > TIMES_NOISE * self.comparison.noise)
            & (windows.error > share * (windows.ours + windows.theirs))
        )

    def _is_altered(self, place: Place) -> bool:
        error = self.comparison.windows.error[place.rows, place.columns]
        excess = error / self.comparison.noise[place.rows, place.columns]
        return self._energy(place) > ENERGY and float(excess.sum()) > EXCESS

    def _energy(self, place: Place) -> float:
        windows = self.comparison.windows
        return float(windows.error[place.rows, place.columns].sum() / max(1, windows.held.sum()))

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

    def _boxes(self, altered: list[Place], colours: ColourAgreement) -> tuple[Region, ...]:
        grid = self.comparison.size
        rectangles = [_rectangle(place, STEP, SIDE, *grid) for place in altered]
        if colours.place is not None and colours.share > ALTERED_COLOUR:
            cells = self.reference.size.within(LONG_SIDE)
            rectangles.append(_rectangle(colours.place, 1, 1, *cells))
        to_other = self.comparison.map
        return tuple(Region(box, to_other.bounds(box)) for box in merged(rectangles))

    def _evidence(self, mask: Mask, energy: float, colours: ColourAgreement) -> Evidence:
        held = max(1, int(self.comparison.windows.held.sum()))
        return {
            "correlation": round(self.aligned.correlation, 4),
            "textured": round(float(self.comparison.textured.sum()) / held, 4),
            "disagree": round(float(mask.sum()) / held, 4),
            "overlap": round(min(1.0, self.comparison.overlap), 4),
            "energy": round(energy, 3),
            "colour": round(colours.share, 4),
        }


def _rectangle(place: Place, step: int, side: int, width: int, height: int) -> Rectangle:
    """Return the box around cells that begin every `step` pixels and are `side` pixels long."""
    rows, columns = place.rows, place.columns
    return (
        float(columns.min() * step / width),
        float(rows.min() * step / height),
        float(min(1.0, (columns.max() * step + side) / width)),
        float(min(1.0, (rows.max() * step + side) / height)),
    )
