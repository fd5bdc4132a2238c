"""Refusals of picture files: what is wrong, the limit, and what to do about it."""

from collections.abc import Sequence

from hashing.exceptions import Refusal


def truncated() -> Refusal:
    """Return the refusal of a file that ends before the picture is complete."""
    return Refusal("truncated", "The file is incomplete. Copy or export it again.")


def damaged() -> Refusal:
    """Return the refusal of a file that no decoder can read to its end."""
    return Refusal("damaged", "The file is damaged and cannot be read. Export it again.")


def too_many_parts(limit: int) -> Refusal:
    """Return the refusal of a file of more than `limit` segments, chunks or blocks."""
    return Refusal(
        "too_many_parts",
        f"This file has more than {limit:,} parts, far more than any camera writes. "
        "Export it again as an ordinary picture.",
    )


def too_many_scans(limit: int) -> Refusal:
    """Return the refusal of a JPEG of more than `limit` scans."""
    return Refusal(
        "too_many_scans",
        f"This JPEG has more than {limit} scans, far more than any camera writes. "
        "Export it again as an ordinary JPEG.",
    )


def too_many_pixels(pixels: int, limit: float) -> Refusal:
    """Return the refusal of a picture of `pixels`, which are more than `limit`."""
    return Refusal(
        "too_many_pixels",
        f"Too many pixels: {pixels / 1e6:.0f} million (limit {limit / 1e6:.0f} million). "
        "Export a smaller version and try again.",
    )


def absurd_size() -> Refusal:
    """Return the refusal of a file that claims so many pixels that Pillow will not open it."""
    return Refusal(
        "too_many_pixels",
        "Too many pixels: far more than the limit. Export a smaller version and try again.",
    )


def not_a_picture(labels: Sequence[str]) -> Refusal:
    """Return the refusal of a file that is in none of the formats `labels`, at least two."""
    *names, last = labels
    return Refusal(
        "not_a_picture",
        f"This file is not a picture we can read. Choose a {', '.join(names)} or {last} file.",
    )


def no_heif() -> Refusal:
    """Return the refusal of a HEIC file where its decoder is not installed."""
    return Refusal(
        "no_heif",
        "This site cannot read HEIC pictures. Export the picture as a JPEG and try again.",
    )


def busy() -> Refusal:
    """Return the refusal of a picture that got no memory to be decoded in."""
    return Refusal(
        "busy",
        "Too many large pictures are being processed right now. Wait a minute and try again.",
    )
