"""What one file of a picture holds and another one does not, in words."""

from __future__ import annotations

from collections.abc import Iterator

from hashing.pictures import Companion, Holdings

ARTICLES = {
    Companion.VIDEO: "a video",
    Companion.GAIN_MAP: "a gain map",
    Companion.DEPTH_MAP: "a depth map",
    Companion.VIEWS: "further views",
}


def losses(ours: Holdings, theirs: Holdings) -> list[str]:
    """Return words for what a file that holds `theirs` has lost of `ours`."""
    return list(_losses(ours, theirs))


def gains(ours: Holdings, theirs: Holdings) -> list[str]:
    """Return words for what a file that holds `theirs` has and one with `ours` has not."""
    return list(_gains(ours, theirs))


def _losses(ours: Holdings, theirs: Holdings) -> Iterator[str]:
    if ours.is_animated and not theirs.is_animated:
        yield "still of an animation"
    elif theirs.frames < ours.frames:
        yield f"{theirs.frames} of {ours.frames} frames"
    yield from (f"without the {one}" for one in ours.companions if one not in theirs.companions)
    if theirs.depth < ours.depth:
        yield f"{theirs.depth} bits instead of {ours.depth}"
    if ours.colours and not theirs.colours:
        yield "without its colour profile"
    elif theirs.colours and ours.colours not in ("", theirs.colours):
        yield "with another colour profile"
    if ours.is_transparent and not theirs.is_transparent:
        yield "transparency flattened"


def _gains(ours: Holdings, theirs: Holdings) -> Iterator[str]:
    if theirs.is_animated and not ours.is_animated:
        yield "an animation instead of a still"
    elif theirs.frames > ours.frames:
        yield f"{theirs.frames} frames instead of {ours.frames}"
    yield from (f"with {ARTICLES[one]}" for one in theirs.companions if one not in ours.companions)
    if theirs.depth > ours.depth:
        yield f"{theirs.depth} bits instead of {ours.depth}"
    if theirs.colours and not ours.colours:
        yield "with a colour profile"
    if theirs.is_transparent and not ours.is_transparent:
        yield "with transparency"
