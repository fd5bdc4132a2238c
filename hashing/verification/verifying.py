"""
Verification: says what two pictures are to each other by looking at their pixels.

Hashes of the whole picture cannot see a name on a form, the colour of a shirt or an animal before
a fixed camera. So pairs that match by hash are laid on each other and compared place by place.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hashing.fingerprints import Alignment, Turn
from hashing.pictures import Preview
from hashing.verification.affine import AffineMap
from hashing.verification.aligning import Aligned, align, framed_start, unaligned
from hashing.verification.changes import named_changes
from hashing.verification.comparing import FLAT, SMALLEST_SIDE, Comparison, compared, is_flat
from hashing.verification.judging import LEAST_CORRELATION, Judgement
from hashing.verification.planes import Planes
from hashing.verification.verification import (
    Evidence,
    Kind,
    NamedChange,
    PixelAlignment,
    Verification,
)

# The hint where no hashes were compared: upright and whole, at the largest distance.
UNKNOWN = Alignment(255)

# Copies are looked at closer if this share of their windows is blank, at this long side in pixels.
PAPER, CLOSER_SIDE = 0.12, 480
# There a window may disagree in more of its variance: coding is seen around edges.
CLOSER_SHARE = 0.4

Closer = Callable[[], tuple[Preview, Preview] | None]

# The map by the hashes alone is taken if its correlation is at most so much less than that of the
# one found, and its error at most so many times as large and so much more. It is taken at once if
# registration has moved no corner by more than this share of a side. Frames are found less exactly
# than that, so there the better one is taken.
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
        return _verified(ours, theirs, hint, closer)
    swapped = None if closer is None else _swapped(closer)
    return _verified(theirs, ours, hint.swapped(), swapped).swapped()


def _swapped(closer: Closer) -> Closer:
    def swapped() -> tuple[Preview, Preview] | None:
        pair = closer()
        return None if pair is None else (pair[1], pair[0])

    return swapped


def _goes_first(ours: Planes, theirs: Planes, hint: Alignment) -> bool:
    """Return whether the first picture is the reference: the one that shows less, if any."""
    area = framed_start(ours, theirs, hint).area
    if abs(area - 1) > 1e-6:
        return area < 1
    return _order(ours) <= _order(theirs)


def _order(planes: Planes) -> tuple[int, bytes]:
    return planes.size.pixels, planes.preview.pixels.tobytes()


def _verified(
    reference: Planes, other: Planes, hint: Alignment, closer: Closer | None
) -> Verification:
    if min(*reference.size, *other.size) < SMALLEST_SIDE:
        return _nothing(Kind.UNVERIFIED, unaligned(reference, other, hint), hint.turn)
    aligned = align(reference, other, hint)
    if is_flat(reference) or is_flat(other):
        comparison = compared(reference, other, aligned.plain)
    else:
        likely = aligned.correlation >= LEAST_CORRELATION
        comparison = _better(aligned) if likely else None
    if comparison is None:
        return _nothing(Kind.DIFFERENT, aligned, hint.turn)
    judgement = Judgement(aligned, comparison, hint.distance)
    if closer is not None and _can_change(judgement, AffineMap.of_turn(hint.turn)):
        judgement = _looked_closer(judgement, closer) or judgement
    return _conclusion(judgement, hint.turn)


def _nothing(kind: Kind, aligned: Aligned, turn: Turn) -> Verification:
    """Return a verification of pictures that cannot be laid on each other."""
    nothing: Evidence = {
        "correlation": round(aligned.correlation, 4),
        "textured": 0.0,
        "disagree": 1.0,
        "overlap": 0.0,
        "weight": 0.0,
        "colour": 0.0,
    }
    alignment = _pixel_alignment(aligned, turn, aligned.plain)
    return Verification(kind, alignment, (), (), nothing)


def _conclusion(judgement: Judgement, turn: Turn) -> Verification:
    aligned, comparison = judgement.aligned, judgement.comparison
    alignment = _pixel_alignment(aligned, turn, comparison.map)
    changes: tuple[NamedChange, ...] = ()
    if judgement.kind in (Kind.COPY, Kind.ALTERED):
        changes = named_changes(
            alignment, comparison, judgement.colours, aligned.reference, aligned.other
        )
    boxes = judgement.boxes if judgement.kind == Kind.ALTERED else ()
    return Verification(judgement.kind, alignment, changes, boxes, judgement.evidence)


def _pixel_alignment(aligned: Aligned, turn: Turn, to_other: AffineMap) -> PixelAlignment:
    ours, theirs = aligned.reference.size, aligned.other.size
    return PixelAlignment(turn, to_other, ours.width / ours.height, theirs.width / theirs.height)


def _can_change(judgement: Judgement, turned: AffineMap) -> bool:
    """
    Return whether more pixels can change the kind: small print on paper, or faint stars.

    `turned` is the map of a picture that was only turned; others are not laid exactly enough.
    """
    if judgement.kind == Kind.COPY:
        return judgement.comparison.map == turned and judgement.comparison.blank >= PAPER
    return judgement.kind == Kind.UNVERIFIED


def _looked_closer(judgement: Judgement, closer: Closer) -> Judgement | None:
    """Return the judgement of larger copies; None if there are none, or they show too little."""
    pair = closer()
    if pair is None:
        return None
    aligned = judgement.aligned.of(Planes(pair[0]), Planes(pair[1]), judgement.comparison.map)
    comparison = compared(aligned.reference, aligned.other, aligned.map, CLOSER_SIDE, CLOSER_SHARE)
    if comparison is None:
        return None
    closely = Judgement(aligned, comparison, judgement.bits, is_close=True)
    # A blurred picture has texture at a small size only, and that was enough to judge it by.
    return None if closely.kind == Kind.UNVERIFIED else closely


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
    if aligned.is_framed:
        return min(found, plain, key=_misfit)
    is_as_good = _misfit(plain) <= PLAIN_TIMES * _misfit(found) + PLAIN_MORE
    return plain if is_as_good else found


def _misfit(comparison: Comparison) -> float:
    """Return the mean error of windows, in which those that disagree anyway hardly count."""
    windows = comparison.agreement.windows
    shares = windows.error / (windows.power + np.float32(FLAT))
    return float(np.minimum(shares, MOST_MISFIT)[windows.held].mean())
