"""Distances in words: one voice for pages, answers, commands and the admin."""

from dataclasses import dataclass

from gallery.conf import setting

ICONS = {"near-identical": "●", "very similar": "◐", "similar": "◔", "different": "○"}


@dataclass(frozen=True)
class Likeness:
    """How alike two hashes of `width` bits are that differ in `distance` of them."""

    distance: int
    width: int

    @property
    def word(self) -> str:
        share = self.distance / self.width
        return next(word for limit, word in setting("LIKENESS") if share <= limit)

    @property
    def slug(self) -> str:
        """The word as a CSS class."""
        return self.word.replace(" ", "-")

    @property
    def icon(self) -> str:
        return ICONS.get(self.word, "○")

    @property
    def percent(self) -> int:
        """How much is alike, rounded down so that only equal hashes are 100 % alike."""
        return 100 * (self.width - self.distance) // self.width

    @property
    def badge(self) -> str:
        return f"{self.distance}/{self.width} · {self.word}"

    @property
    def sentence(self) -> str:
        return f"{self.distance} of {self.width} bits differ, {self.percent} % alike"

    def __str__(self) -> str:
        return self.badge


REACH = 32  # the slider's end: beyond half of the bits, likeness is chance
