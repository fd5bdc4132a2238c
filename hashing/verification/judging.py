"""What follows from a comparison: a kind, the places that differ and the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from hashing.verification.affine import IDENTITY, Rectangle
from hashing.verification.aligning import Aligned
from hashing.verification.colours import LONG_SIDE, ColourAgreement, colour_agreement
from hashing.verification.comparing import LEAST_TEXTURED, Comparison, unmixed
from hashing.verification.planes import inside
from hashing.verification.regions import Place, merged
from hashing.verification.verification import Evidence, Kind, Region

# A place is altered if its weight is above this; more is asked of pictures that had to be moved,
# because moving is never exact.
ALTERED_WEIGHT, ALTERED_WEIGHT_MOVED = 90.0, 250.0
# If one place is altered, those of this share of the weight are boxed too.
BOXED_SHARE = 0.3
# In larger copies noise is less, so the same place weighs more: a digit 8,000, coding up to 2,400.
ALTERED_WEIGHT_CLOSE = 4000.0
# A picture is altered if the colour of a place disagrees by more than so many levels, spread over
# the whole area.
ALTERED_COLOUR = 0.9
# Colours this close to the edge of the other picture are left out, in shares of its side.
COLOUR_EDGE = 0.02
# The shares of windows that disagree if pictures are different: textured ones and all.
DIFFERENT_SHARE, DIFFERENT_TEXTURED, DIFFERENT_ALL = 0.35, 0.6, 0.45
LEAST_CORRELATION, LEAST_OVERLAP = 0.5, 0.45
# The same for the share of texture that is error; it may be larger if the hashes of pictures that
# were not moved are within so many bits, for text can cover most of the texture.
MOST_ERROR, MOST_ERROR_NEAR, NEAR_BITS = 0.4, 0.6, 77
# From this correlation on the error of texture decides nothing: grain is lost in small copies.
SURE = 0.9
# In larger copies so many textured windows are enough: stars are few, and none agrees by chance.
ENOUGH_TEXTURED = 60


@dataclass(frozen=True, eq=False)
class Judgement:
    """
    Draws the conclusions from a comparison of two pictures.

    `bits` is the distance of their fine hashes; `is_close` says that larger copies were compared.
    """

    aligned: Aligned
    comparison: Comparison
    bits: int
    is_close: bool = False

    @cached_property
    def kind(self) -> Kind:
        """What the pictures are to each other."""
        comparison, agreement = self.comparison, self.comparison.agreement
        held, textured = agreement.windows.held, agreement.textured
        if not self._has_texture:
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
        return Kind.ALTERED if self._is_altered or self._is_recoloured else Kind.COPY

    @property
    def _has_texture(self) -> bool:
        """Whether there is enough that could disagree."""
        textured = int(self.comparison.agreement.textured.sum())
        if self.is_close:
            return textured >= ENOUGH_TEXTURED
        return textured >= LEAST_TEXTURED * max(
            1, int(self.comparison.agreement.windows.held.sum())
        )

    @property
    def _is_recoloured(self) -> bool:
        return self.colours.place is not None and self.colours.strength > ALTERED_COLOUR

    @property
    def _most_error(self) -> float:
        is_unmoved = self.comparison.map == self.aligned.plain
        return MOST_ERROR_NEAR if is_unmoved and self.bits <= NEAR_BITS else MOST_ERROR

    @property
    def _is_altered(self) -> bool:
        return max(self._weights, default=0.0) > self._least

    @cached_property
    def _weights(self) -> list[float]:
        return [self.comparison.weight(place) for place in self.comparison.places]

    @property
    def _boxed(self) -> list[Place]:
        """The places that are shown: those that decide, and weaker ones beside them."""
        least = BOXED_SHARE * self._least
        pairs = zip(self.comparison.places, self._weights, strict=True)
        return [place for place, weight in pairs if weight > least]

    @property
    def _least(self) -> float:
        """The weight above which a place is altered."""
        if self.is_close:
            return ALTERED_WEIGHT_CLOSE
        return ALTERED_WEIGHT if self.comparison.map == IDENTITY else ALTERED_WEIGHT_MOVED

    @cached_property
    def colours(self) -> ColourAgreement:
        """How the colours of the pictures agree."""
        reference, other, to_other = self.aligned.reference, self.aligned.other, self.comparison.map
        size = reference.size.within(LONG_SIDE)
        held = inside(size, to_other.matrix, COLOUR_EDGE) & unmixed(size, to_other, 1)
        ours, theirs = (
            reference.warped_bands(size, IDENTITY),
            other.warped_bands(size, to_other),
        )
        return colour_agreement(ours, theirs, held)

    @property
    def boxes(self) -> tuple[Region, ...]:
        """The places that differ, as few boxes, the biggest first."""
        rectangles: list[Rectangle] = [self.comparison.box(place) for place in self._boxed]
        if self.colours.place is not None and self._is_recoloured:
            size = self.aligned.reference.size.within(LONG_SIDE)
            rectangles.append(self.colours.place.box(1, 1, *size))
        to_other = self.comparison.map
        return tuple(Region(box, to_other.bounds(box)) for box in merged(rectangles))

    @property
    def evidence(self) -> Evidence:
        """The figures behind the kind."""
        agreement, comparison = self.comparison.agreement, self.comparison
        held = max(1, int(agreement.windows.held.sum()))
        return {
            "correlation": round(self.aligned.correlation, 4),
            "textured": round(float(agreement.textured.sum()) / held, 4),
            "disagree": round(float(comparison.disagreeing.sum()) / held, 4),
            "overlap": round(min(1.0, self.comparison.overlap), 4),
            "weight": round(max(self._weights, default=0.0), 1),
            "colour": round(self.colours.strength, 4),
        }
