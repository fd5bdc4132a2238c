"""Distances in words, the same on pages, in answers for programs and in commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from gallery.conf import setting

ICONS = {"almost identical": "●", "very similar": "◐", "similar": "◔", "different": "○"}
# The end of the slider in the "Visually similar" panel, in bits: half of a hash of 64 bits, the
# distance of two pictures that have nothing in common.
MAX_PANEL_DISTANCE = 32


@dataclass(frozen=True)
class Similarity:
    """The similarity of two hashes of `width` bits, of which `distance` differ."""

    distance: int
    width: int

    @property
    def word(self) -> str:
        """The word for this share of differing bits in the setting SIMILARITY."""
        words: Sequence[tuple[float, str]] = setting("SIMILARITY")
        share = self.distance / self.width
        return next(word for limit, word in words if share <= limit)

    @property
    def slug(self) -> str:
        """The word as a CSS class."""
        return self.word.replace(" ", "-")

    @property
    def icon(self) -> str:
        return ICONS.get(self.word, "○")

    @property
    def percent(self) -> int:
        """The share of equal bits, rounded down so that only equal hashes have 100 %."""
        return 100 * (self.width - self.distance) // self.width

    @property
    def badge(self) -> str:
        return f"{self.distance}/{self.width} · {self.word}"

    @property
    def sentence(self) -> str:
        return f"{self.distance} of {self.width} bits differ ({self.percent} % similar)"

    def __str__(self) -> str:
        return self.badge
