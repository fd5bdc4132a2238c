"""Tone curves: how the brightness of one picture follows from that of the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hashing.verification.planes import Mask, Plane

Levels = npt.NDArray[np.floating]
"""Levels in any shape."""

# The brightness is cut into so many bins with equally many pixels.
BINS = 18
# More pixels than this are not needed for the medians.
MOST_SAMPLES = 4000


class ToneCurve:
    """A monotone curve from the levels of one picture to those of another."""

    def __init__(self, levels: Levels, values: Levels) -> None:
        self.levels, self.values = levels, values

    @classmethod
    def fitted(cls, source: Levels, target: Levels, held: Mask) -> ToneCurve:
        """Return the curve of medians of `target` over bins of `source`, where `held`."""
        x, y = source[held], target[held]
        every = max(1, x.size // MOST_SAMPLES)
        x, y = x[::every], y[::every]
        each = x.size // BINS
        if not each:
            return cls(np.array([0.0, 255.0]), np.array([0.0, 255.0]))
        order = np.argsort(x)[: BINS * each].reshape(BINS, each)
        levels = x[order[:, each // 2]]
        values = np.partition(y[order], each // 2, axis=1)[:, each // 2]
        values = np.maximum.accumulate(values)
        levels, first = np.unique(levels, return_index=True)
        last = np.append(first[1:], BINS) - 1
        return cls(levels, (values[first] + values[last]) / 2)

    def applied_to(self, plane: Levels) -> Plane:
        """Return `plane` in the tones of the target; beyond the ends the mean slope goes on."""
        mapped = np.interp(plane, self.levels, self.values)
        slope = self._slope
        mapped += np.minimum(plane - self.levels[0], 0) * slope
        mapped += np.maximum(plane - self.levels[-1], 0) * slope
        return np.clip(mapped, 0, 255).astype(np.float32)

    @property
    def _slope(self) -> float:
        """The mean slope: neighbouring bins can have nearly the same level."""
        if len(self.levels) < 2:
            return 1.0
        return float((self.values[-1] - self.values[0]) / (self.levels[-1] - self.levels[0]))
