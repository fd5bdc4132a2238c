"""Changes of the picture as a whole, named with their amounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hashing.fingerprints import Framing, Turn
from hashing.verification.affine import AffineMap
from hashing.verification.colours import ColourAgreement
from hashing.verification.comparing import Comparison
from hashing.verification.planes import Mask, Planes, Size, inside
from hashing.verification.verification import Change, NamedChange, PixelAlignment

# Amounts below which a change is not named: a share of the area, degrees, a factor, levels of
# brightness, a factor of contrast, a factor of saturation, levels of chroma and pixels of blur.
LEAST_AREA, LEAST_ANGLE, LEAST_STRETCH = 0.012, 0.3, 1.04
LEAST_LEVELS, LEAST_CONTRAST, LEAST_SATURATION, LEAST_SHIFT, LEAST_BLUR = 4.0, 1.12, 1.2, 4.0, 0.65
# Chroma of a picture in colour, and of a grey one, in levels.
COLOURFUL, COLOURLESS = 1.8, 0.9
# The share of chroma across the commonest hue: at most in a toned picture, at least in another.
TONED, UNTONED = 0.11, 0.135
# Bars have this share of pixels within so many levels of their commonest one.
BARS_SHARE, BARS_SPREAD = 0.7, 12
# Or this share of them lies on frames that the hashes trim too.
FRAME_SHARE = 0.8
# The long side at which the extent of pictures is looked at, in pixels.
EXTENT_SIDE = 176
# The degrees clockwise of each turn without its mirroring.
_DEGREES = {Turn.HALF: 180, Turn.RIGHT: 90, Turn.LEFT: -90, Turn.TRANSPOSED: 90}
_DEGREES |= {Turn.TRANSVERSED: -90, Turn.FLIPPED: 180}
_MIRRORED = {Turn.MIRRORED, Turn.FLIPPED, Turn.TRANSPOSED, Turn.TRANSVERSED}


def named_changes(
    alignment: PixelAlignment,
    comparison: Comparison,
    colours: ColourAgreement,
    first: Planes,
    second: Planes,
) -> tuple[NamedChange, ...]:
    """Return how the second picture differs from the first as a whole."""
    changes = [
        *_of_place(alignment),
        *_of_extent(alignment.map, first, second),
        *_of_light(comparison),
        *_of_colour(colours, _contrast(comparison)),
        *_of_detail(comparison),
    ]
    return tuple(NamedChange(change, round(amount, 4)) for change, amount in changes)


def _of_place(alignment: PixelAlignment) -> Iterator[NamedChange]:
    if alignment.turn in _MIRRORED:
        yield NamedChange(Change.MIRRORED, 1.0)
    angle = _DEGREES.get(alignment.turn, 0) + alignment.angle
    if abs(angle) >= LEAST_ANGLE:
        yield NamedChange(Change.TURNED, (angle + 180) % 360 - 180)
    stretch = alignment.stretch
    if max(stretch, 1 / stretch) >= LEAST_STRETCH:
        wider = stretch > 1
        yield NamedChange(
            Change.WIDENED if wider else Change.NARROWED, stretch if wider else 1 / stretch
        )


def _of_extent(to_second: AffineMap, first: Planes, second: Planes) -> Iterator[NamedChange]:
    """Yield what each picture shows beyond the other."""
    missing, is_bars = _beyond(first, to_second)
    if missing >= LEAST_AREA:
        yield NamedChange(Change.UNFRAMED if is_bars else Change.CROPPED, missing)
    added, is_bars = _beyond(second, to_second.inverse)
    if added >= LEAST_AREA:
        yield NamedChange(Change.FRAMED if is_bars else Change.EXTENDED, added)


def _beyond(planes: Planes, to_other: AffineMap) -> tuple[float, bool]:
    """Return the share of a picture that the other does not show, and whether that is bars."""
    size = planes.size.within(EXTENT_SIDE)
    outside = ~inside(size, to_other.matrix)
    levels = planes.resized(size)[outside].astype(np.intp)
    if not levels.size:
        return 0.0, False
    commonest = int(np.bincount(levels, minlength=256).argmax())
    near = np.abs(levels - commonest) <= BARS_SPREAD
    is_bars = float(near.mean()) >= BARS_SHARE or _frame_share(planes, outside) >= FRAME_SHARE
    return float(outside.mean()), is_bars


def _frame_share(planes: Planes, outside: Mask) -> float:
    """Return the share of `outside` that lies on frames, which may have several colours."""
    rows, columns = outside.shape
    into = AffineMap.into(planes.framed(Framing.UNFRAMED))
    within = inside(Size(columns, rows), into.inverse.matrix)
    return float((~within)[outside].mean())


def _of_light(comparison: Comparison) -> Iterator[NamedChange]:
    before, after = comparison.before[comparison.held], comparison.after[comparison.held]
    levels = float(after.mean() - before.mean())
    if abs(levels) >= LEAST_LEVELS:
        yield NamedChange(Change.BRIGHTER if levels > 0 else Change.DARKER, abs(levels))
    factor = _contrast(comparison)
    # Light that is multiplied multiplies contrast too.
    beyond = factor * float((before.mean() + 1) / (after.mean() + 1))
    if min(factor, beyond) >= LEAST_CONTRAST:
        yield NamedChange(Change.MORE_CONTRAST, factor)
    elif max(factor, beyond) <= 1 / LEAST_CONTRAST:
        yield NamedChange(Change.LESS_CONTRAST, 1 / factor)


def _contrast(comparison: Comparison) -> float:
    """Return the factor between the standard deviations of brightness."""
    before, after = comparison.before[comparison.held], comparison.after[comparison.held]
    return max(1e-3, float(after.std())) / max(1e-3, float(before.std()))


def _of_colour(colours: ColourAgreement, contrast: float) -> Iterator[NamedChange]:
    had, has = colours.chroma >= COLOURFUL, colours.other_chroma >= COLOURFUL
    if had and colours.other_chroma < COLOURLESS:
        yield NamedChange(Change.GREY, 1.0)
    elif has and colours.chroma < COLOURLESS:
        yield NamedChange(Change.COLOURED, 1.0)
    elif _is_recoloured(colours) and colours.other_hues < TONED and colours.hues > UNTONED:
        yield NamedChange(Change.TONED, colours.other_chroma)
    elif _is_recoloured(colours) and colours.hues < TONED and colours.other_hues > UNTONED:
        yield NamedChange(Change.UNTONED, colours.chroma)
    elif had and has:
        yield from _of_saturation(colours, contrast)


def _is_recoloured(colours: ColourAgreement) -> bool:
    """Return whether colours changed, and not only which of them a crop or a tilt leaves out."""
    factor = max(colours.factor, 1 / max(colours.factor, 0.01))
    return factor >= LEAST_SATURATION or colours.shift >= LEAST_SHIFT


def _of_saturation(colours: ColourAgreement, contrast: float) -> Iterator[NamedChange]:
    """Yield another saturation than contrast explains, and a tint."""
    factor = colours.factor / contrast
    if factor >= LEAST_SATURATION <= colours.factor:
        yield NamedChange(Change.MORE_COLOURFUL, factor)
    elif max(factor, colours.factor) <= 1 / LEAST_SATURATION:
        yield NamedChange(Change.PALER, 1 / max(factor, 0.01))
    if colours.shift >= LEAST_SHIFT:
        yield NamedChange(Change.TINTED, colours.shift)


def _of_detail(comparison: Comparison) -> Iterator[NamedChange]:
    sigma = comparison.agreement.sigma
    if abs(sigma) >= LEAST_BLUR:
        amount = 1000 * abs(sigma) / comparison.size.long
        yield NamedChange(Change.BLURRED if sigma > 0 else Change.SHARPENED, amount)
