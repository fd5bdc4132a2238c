"""The criteria for keeping a copy, in order for each policy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.text import get_text_list

from gallery.suggestions.copy_facts import COLOUR_PROFILE, DEPTHS, ENLARGED, LOSSLESS, CopyFacts
from gallery.suggestions.policy import Policy, Preference

# Formats that cameras write, and that programs usually export to something else.
CAMERA = frozenset({"HEIF"})
ARTICLES = {
    "video": "a video",
    "gain map": "a gain map",
    "depth map": "a depth map",
    "animation": "an animation",
    COLOUR_PROFILE: "a colour profile",
}


@dataclass(frozen=True)
class Criterion:
    """Something in favour of a copy: the greater its `value`, the better."""

    value: Callable[[CopyFacts], float]
    words: Callable[[CopyFacts, CopyFacts], str]
    """Words for the better copy, given the best of those that it beats."""


def criteria_of(preference: Preference) -> list[Criterion]:
    """Return the criteria of a preference, the most important first."""
    criteria = {
        Policy.BEST: QUALITY,
        Policy.SMALLEST: [SMALLER, OLDER],
        Policy.OLDEST: [OLDER],
        Policy.NEWEST: [NEWER],
        Policy.ALBUM: [_in_album(preference.name), *QUALITY],
        Policy.OWNER: [_owned_by(preference.name), *QUALITY],
    }
    return criteria[preference.policy]


def _pixel_words(best: CopyFacts, other: CopyFacts) -> str:
    if not other.pixels:
        return "can be opened"
    ratio = best.pixels / other.pixels
    return f"{ratio:.1f}× the pixels" if ratio >= 1.05 else "more pixels"


def _original_words(_: CopyFacts, other: CopyFacts) -> str:
    return "the larger copy is only an upscale" if other.added == ENLARGED else "no border added"


def _source(copy: CopyFacts) -> int:
    if copy.format in CAMERA:
        return 2
    # A lossless copy of a JPEG does not bring back what the JPEG had lost.
    return int(copy.is_lossless and not copy.earlier_quality)


def _source_words(best: CopyFacts, _: CopyFacts) -> str:
    return "original camera format" if best.format in CAMERA else "lossless"


def _quality_words(best: CopyFacts, other: CopyFacts) -> str:
    if not best.jpeg_quality:
        return "less compressed"
    if best.earlier_saves:
        return f"never saved below JPEG quality {best.quality}"
    words = f"JPEG quality {best.quality}"
    if other.jpeg_quality or other.earlier_quality:
        words += f" instead of {other.quality}"
    return f"{words} before re-saving" if other.earlier_saves else words


def _saves_words(best: CopyFacts, _: CopyFacts) -> str:
    return "re-saved fewer times" if best.earlier_saves else "never re-saved"


def _density(copy: CopyFacts) -> int:
    """Return bytes per pixel in steps of a quarter: smaller differences mean nothing."""
    is_lossy = copy.format not in LOSSLESS and not copy.jpeg_quality
    if not (is_lossy and copy.pixels and copy.byte_size):
        return 0
    return round(math.log(copy.byte_size / copy.pixels, 1.25)) + 100


def _in_album(name: str) -> Criterion:
    wanted = name.casefold()
    return Criterion(
        lambda copy: wanted in {album.casefold() for album in copy.albums},
        lambda *_: f"in the album {name}",
    )


def _owned_by(name: str) -> Criterion:
    wanted = name.casefold()
    return Criterion(lambda copy: copy.owner.casefold() == wanted, lambda *_: f"belongs to {name}")


def _holding_words(best: CopyFacts, other: CopyFacts) -> str:
    assets = best.assets & other.lacks
    # More bits include fewer.
    depths = [words for depth in DEPTHS if (words := f"{depth} bits") in assets]
    named = [*sorted(assets.difference(depths)), *depths[-1:]]
    return f"has {get_text_list([ARTICLES.get(asset, asset) for asset in named], 'and')}"


COMPLETE = Criterion(lambda copy: not copy.lacks, _holding_words)
ORIGINAL = Criterion(lambda copy: not copy.added, _original_words)
UNFRAMED = Criterion(lambda copy: not copy.is_framed, lambda *_: "no border or caption")
PIXELS = Criterion(lambda copy: copy.pixels, _pixel_words)
SOURCE = Criterion(_source, _source_words)
JPEG = Criterion(lambda copy: copy.quality, _quality_words)
SAVES = Criterion(lambda copy: -copy.earlier_saves, _saves_words)
LAST_JPEG = Criterion(
    lambda copy: copy.jpeg_quality if copy.earlier_saves else 0,
    lambda *_: "last saved at a higher quality",
)
DENSITY = Criterion(_density, lambda *_: "less compressed")
DATED = Criterion(lambda copy: copy.is_dated, lambda *_: "has a date")
WORDS = Criterion(lambda copy: copy.words, lambda *_: "more tags and text")
OLDER = Criterion(lambda copy: -copy.created_at.timestamp(), lambda *_: "older upload")
NEWER = Criterion(lambda copy: copy.created_at.timestamp(), lambda *_: "newer upload")
SMALLER = Criterion(
    lambda copy: -copy.byte_size if copy.byte_size else -math.inf, lambda *_: "smaller file"
)
QUALITY = [
    *(COMPLETE, ORIGINAL, UNFRAMED, PIXELS, SOURCE, JPEG, SAVES, LAST_JPEG),
    *(DENSITY, DATED, WORDS, OLDER),
]
