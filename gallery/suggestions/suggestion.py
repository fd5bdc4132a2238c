"""Which of several copies to keep, and why: criteria in order, the first that tells decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gallery.suggestions.copy_facts import ENLARGED, LOSSLESS, Candidate, compared

# What cameras write themselves, and programs export to something else.
CAMERA = frozenset({"HEIF"})


class Policy(StrEnum):
    """What matters most."""

    BEST = "best"
    SMALLEST = "smallest"
    OLDEST = "oldest"
    NEWEST = "newest"
    ALBUM = "album"
    OWNER = "owner"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Policy.BEST: "Best quality",
    Policy.SMALLEST: "Smallest file",
    Policy.OLDEST: "Oldest upload",
    Policy.NEWEST: "Newest upload",
    Policy.ALBUM: "In the album …",
    Policy.OWNER: "Belonging to …",
}


@dataclass(frozen=True)
class Preference:
    """A policy, with the name of the album or owner that it prefers."""

    policy: Policy = Policy.BEST
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Preference:
        """Read "best", or "album:Holidays"; raises ValueError that says what is possible."""
        word, _, name = text.partition(":")
        try:
            policy = Policy(word.strip())
        except ValueError:
            known = ", ".join(repr(policy.value) for policy in Policy)
            raise ValueError(f"What to keep must be one of {known}, not {word!r}.") from None
        if policy in (Policy.ALBUM, Policy.OWNER) and not name.strip():
            raise ValueError(f"Name the {policy} to prefer.")
        return cls(policy, name.strip() if policy in (Policy.ALBUM, Policy.OWNER) else "")

    def __str__(self) -> str:
        return f"{self.policy}:{self.name}" if self.name else str(self.policy)


@dataclass(frozen=True)
class Suggestion:
    """The copy to keep, and why, in a few words each."""

    key: int
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        return ", ".join(self.reasons)


@dataclass(frozen=True)
class Criterion:
    """Something that speaks for a copy: the greater `value`, the better."""

    value: Callable[[Candidate], float]
    words: Callable[[Candidate, Candidate], str]
    """Of the better one and the best of the others that it beats."""


def suggest(
    candidates: Sequence[Candidate], preference: Preference | None = None
) -> Suggestion | None:
    """
    Return which of `candidates` to keep; None when nothing tells them apart, or there are not two.

    The reasons name the criteria in which none of the others is better.
    """
    criteria = CRITERIA_OF[(preference or Preference()).policy](preference or Preference())
    candidates = compared(candidates)
    ranks = {c.key: tuple(criterion.value(c) for criterion in criteria) for c in candidates}
    best = max(candidates, key=lambda c: ranks[c.key], default=None)
    if best is None or len(candidates) < 2 or list(ranks.values()).count(ranks[best.key]) > 1:
        return None
    others = [c for c in candidates if c.key != best.key]
    return Suggestion(best.key, tuple(_reasons(best, others, criteria)))


def _reasons(best: Candidate, others: list[Candidate], criteria: list[Criterion]) -> list[str]:
    reasons = []
    for criterion in criteria:
        value = criterion.value(best)
        beaten = [c for c in others if criterion.value(c) < value]
        if beaten and not any(criterion.value(c) > value for c in others):
            nearest = max(beaten, key=lambda c: (criterion.value(c), c.key))
            reasons.append(criterion.words(best, nearest))
    return reasons


def _more_pixels(best: Candidate, other: Candidate) -> str:
    if not other.pixels:
        return "can be decoded"
    ratio = best.pixels / other.pixels
    return f"{ratio:.1f}× the pixels" if ratio >= 1.05 else "more pixels"


def _nothing_added(_: Candidate, other: Candidate) -> str:
    return "the enlarged copy shows no more" if other.added == ENLARGED else "no border added"


def _source(candidate: Candidate) -> int:
    if candidate.format in CAMERA:
        return 2
    # What was a JPEG before has lost what a lossless copy of it cannot give back.
    return int(candidate.is_lossless and not candidate.earlier_quality)


def _quality_words(best: Candidate, other: Candidate) -> str:
    if not best.jpeg_quality:
        return "less compressed"
    if best.savings:
        return f"never saved below JPEG quality {best.quality}"
    words = f"JPEG quality {best.quality}"
    if other.jpeg_quality or other.earlier_quality:
        words += f" instead of {other.quality}"
    return f"{words} before it was saved again" if other.savings else words


def _savings_words(best: Candidate, _: Candidate) -> str:
    return "fewer earlier savings show" if best.savings else "no trace of an earlier saving"


def _density(candidate: Candidate) -> int:
    """Return bytes a pixel in steps of a quarter more: smaller differences say nothing."""
    is_lossy = candidate.format not in LOSSLESS and not candidate.jpeg_quality
    if not (is_lossy and candidate.pixels and candidate.byte_size):
        return 0
    return round(math.log(candidate.byte_size / candidate.pixels, 1.25)) + 100


ORIGINAL = Criterion(lambda c: not c.added, _nothing_added)
UNFRAMED = Criterion(lambda c: not c.is_framed, lambda *_: "no border or caption")
PIXELS = Criterion(lambda c: c.pixels, _more_pixels)
SOURCE = Criterion(
    _source, lambda best, _: "as the camera wrote it" if _source(best) == 2 else "lossless"
)
JPEG = Criterion(lambda c: c.quality, _quality_words)
SAVINGS = Criterion(lambda c: -c.savings, _savings_words)
LAST_JPEG = Criterion(
    lambda c: c.jpeg_quality if c.savings else 0, lambda *_: "last saved at a higher quality"
)
DENSITY = Criterion(_density, lambda *_: "less compressed")
DATED = Criterion(lambda c: c.is_dated, lambda *_: "has a date")
WORDS = Criterion(lambda c: c.words, lambda *_: "more said about it")
OLDER = Criterion(lambda c: -c.created_at.timestamp(), lambda *_: "older upload")
NEWER = Criterion(lambda c: c.created_at.timestamp(), lambda *_: "newer upload")
SMALLER = Criterion(lambda c: -c.byte_size if c.byte_size else -math.inf, lambda *_: "smaller file")
QUALITY = [
    *(ORIGINAL, UNFRAMED, PIXELS, SOURCE, JPEG, SAVINGS, LAST_JPEG),
    *(DENSITY, DATED, WORDS, OLDER),
]


def _in_album(preference: Preference) -> Criterion:
    name = preference.name.casefold()
    return Criterion(
        lambda c: name in {album.casefold() for album in c.albums},
        lambda *_: f"in the album {preference.name}",
    )


def _owned(preference: Preference) -> Criterion:
    name = preference.name.casefold()
    return Criterion(
        lambda c: c.owner.casefold() == name, lambda *_: f"belongs to {preference.name}"
    )


CRITERIA_OF: dict[Policy, Callable[[Preference], list[Criterion]]] = {
    Policy.BEST: lambda _: QUALITY,
    Policy.SMALLEST: lambda _: [SMALLER, OLDER],
    Policy.OLDEST: lambda _: [OLDER],
    Policy.NEWEST: lambda _: [NEWER],
    Policy.ALBUM: lambda preference: [_in_album(preference), *QUALITY],
    Policy.OWNER: lambda preference: [_owned(preference), *QUALITY],
}
