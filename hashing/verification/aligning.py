"""How two previews lie on each other, found from coarse to fine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import sqrt

import numpy as np

from hashing.fingerprints import Alignment, Turn
from hashing.verification.affine import CORNERS, WHOLE, AffineMap, Matrix
from hashing.verification.planes import Planes, Size
from hashing.verification.registration import Registration

# Long sides of the pictures at each level, and the iterations of Gauss-Newton there.
COARSE, FINER = (24, 10), ((48, 6), (128, 4))
CLOSER = (256, 4)
# A frame takes at least this share of the area.
LEAST_FRAME = 1e-6
# Other starts are tried if the correlation at the coarse level is below this.
SURE = 0.93
# Below this correlation at any level, pictures are taken for different.
HOPELESS = 0.5
# A start without frames is taken if its correlation is at most so much less.
PLAINER = 0.005
# If the map by the hashes alone has as good a correlation but for this, it is the one.
UNMOVED = 0.001
# So many of the other starts are refined, those that agree best before.
MOST_STARTS, OTHER_ITERATIONS = 3, 6
# Shares of a side that the crop windows have which are other starts, and the steps of a picture
# along bars.
WINDOW_SHARES, STEPS = (0.9, 0.8), 6


@dataclass(frozen=True)
class Aligned:
    """
    Two previews and the map from points of the reference to points of the other.

    `plain` is the map without what registration found: by the turn and the framings alone.
    """

    reference: Planes
    other: Planes
    map: AffineMap
    plain: AffineMap
    correlation: float
    plain_correlation: float

    def of(self, reference: Planes, other: Planes, to_other: AffineMap) -> Aligned:
        """Return larger copies of both pictures laid on each other near the map `to_other`."""
        size = reference.size.within(CLOSER[0])
        registration = _registration(reference, other, size, to_other)
        if to_other == self.plain:
            best = _Trial(registration.correlation(to_other.matrix), to_other.matrix)
        else:
            best = _refined(registration, to_other.matrix, CLOSER[1])
        refined = AffineMap.of_matrix(best.map)
        return Aligned(reference, other, refined, self.plain, best.correlation, -1.0)

    @property
    def is_framed(self) -> bool:
        """Whether the plain map places one picture inside a frame of the other."""
        return abs(self.plain.area - 1) > LEAST_FRAME

    @property
    def movement(self) -> float:
        """How far registration has moved a corner, at most, in shares of the sides."""
        moved = self.map.applied_to(CORNERS) - self.plain.applied_to(CORNERS)
        return float(np.abs(moved).max())


@dataclass(frozen=True)
class _Trial:
    correlation: float
    map: Matrix


def unaligned(reference: Planes, other: Planes, hint: Alignment) -> Aligned:
    """Return two pictures as `hint` lays them, without looking at them."""
    turned = AffineMap.of_turn(hint.turn)
    return Aligned(reference, other, turned, turned, 0.0, 0.0)


def align(reference: Planes, other: Planes, hint: Alignment) -> Aligned:
    """Return how `other` lies on `reference`; `hint` says how the reference has to be turned."""
    side, iterations = COARSE
    starts = list(_framed_starts(reference, other, hint))
    coarse = _registration(reference, other, reference.size.within(side), starts[0])
    plain = _plainest(coarse, [AffineMap.of_turn(hint.turn), *starts])
    best = _refined(coarse, plain.matrix, iterations)
    if best.correlation < SURE:
        best = max(
            [best, *_other_trials(coarse, plain, reference, other, hint.turn)],
            key=lambda trial: trial.correlation,
        )
    finest = coarse
    for side, iterations in FINER:
        if best.correlation < HOPELESS or side > reference.size.long:
            break
        size, near = reference.size.within(side), AffineMap.of_matrix(best.map)
        finest = _registration(reference, other, size, near)
        best = _refined(finest, best.map, iterations)
        if finest.correlation(plain.matrix) > best.correlation - UNMOVED:
            best = _Trial(best.correlation, plain.matrix)
            break
    return Aligned(
        reference,
        other,
        AffineMap.of_matrix(best.map),
        plain,
        best.correlation,
        finest.correlation(plain.matrix),
    )


def _plainest(coarse: Registration, starts: list[AffineMap]) -> AffineMap:
    """Return the first of `starts` that agrees nearly as well as the best."""
    correlations = [coarse.correlation(start.matrix) for start in starts]
    least = max(correlations) - PLAINER
    return next(start for start, value in zip(starts, correlations, strict=True) if value >= least)


def framed_start(reference: Planes, other: Planes, hint: Alignment) -> AffineMap:
    """Return the map by the turn and the framings of `hint`."""
    return next(_framed_starts(reference, other, hint))


def _framed_starts(reference: Planes, other: Planes, hint: Alignment) -> Iterator[AffineMap]:
    """Yield the maps by the turn and the framings of `hint`, those of the hint first."""
    ours = dict.fromkeys((reference.framed(hint.framing), WHOLE))
    theirs = dict.fromkeys((other.framed(hint.other_framing), WHOLE))
    turn = AffineMap.of_turn(hint.turn)
    for inner, outer in product(ours, theirs):
        yield AffineMap.into(inner).inverse.then(turn).then(AffineMap.into(outer))


def _registration(reference: Planes, other: Planes, size: Size, near: AffineMap) -> Registration:
    """Return both at the detail that a reference of `size` has under the map `near`."""
    pixels = size.pixels / max(near.area, 1e-6)
    density = sqrt(pixels / other.size.pixels)
    fitting = other.size.within(other.size.long * density)
    return Registration(reference.resized(size), other.resized(fitting))


def _refined(registration: Registration, start: Matrix, iterations: int) -> _Trial:
    """Return the better of `start` and the map that registration finds from there."""
    refined = registration.refined(start, iterations)
    trials = [start] if refined is None else [refined, start]
    return max(
        (_Trial(registration.correlation(trial), trial) for trial in trials),
        key=lambda trial: trial.correlation,
    )


def _other_trials(
    coarse: Registration, plain: AffineMap, reference: Planes, other: Planes, turn: Turn
) -> list[_Trial]:
    """Return the most promising of the other starts, refined."""
    starts = [*_windows(plain), *_within_bars(reference.size, other.size, turn)]
    trials = [_Trial(coarse.correlation(start.matrix), start.matrix) for start in starts]
    trials.sort(key=lambda trial: -trial.correlation)
    return [_refined(coarse, trial.map, OTHER_ITERATIONS) for trial in trials[:MOST_STARTS]]


def _windows(plain: AffineMap) -> Iterator[AffineMap]:
    """Yield maps by which one picture is a window of the other."""
    for share in WINDOW_SHARES:
        rest = 1 - share
        for x, y in ((rest / 2, rest / 2), (0, 0), (rest, 0), (0, rest), (rest, rest)):
            window = AffineMap.into((x, y, x + share, y + share))
            yield plain.then(window)
            yield window.inverse.then(plain)


def _within_bars(reference: Size, other: Size, turn: Turn) -> Iterator[AffineMap]:
    """Yield maps by which one picture, as it is, lies between bars of the other."""
    ours = reference.width / reference.height
    if AffineMap.of_turn(turn).xx == 0:
        ours = 1 / ours
    relative = ours * other.height / other.width
    turned = AffineMap.of_turn(turn)
    for step in range(STEPS + 1):
        if relative > 1:
            rest = (1 - 1 / relative) * step / STEPS
            box = (0.0, rest, 1.0, rest + 1 / relative)
            cut = (rest, 0.0, rest + 1 / relative, 1.0)
        else:
            rest = (1 - relative) * step / STEPS
            box = (rest, 0.0, rest + relative, 1.0)
            cut = (0.0, rest, 1.0, rest + relative)
        yield turned.then(AffineMap.into(box))
        yield turned.then(AffineMap.into(cut).inverse)
