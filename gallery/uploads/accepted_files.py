"""Which files the gallery accepts."""

from __future__ import annotations

from django.core.files import File

from gallery.conf import setting
from gallery.files import EXTENSIONS, clean_name, promises_picture
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.pictures import FORMATS, Picture, decode

CONTENT_TYPES = {name: f"image/{name.lower()}" for name in EXTENSIONS}


def accepted_types() -> str:
    """Return the accepted content types for the `accept` attribute of a file input."""
    return ",".join(CONTENT_TYPES[name] for name in FORMATS)


def decoded(file: File[bytes]) -> Picture:
    """Decode the picture in `file`. Raises Refusal if it is not accepted."""
    refuse_unopened(file)
    return decode(file, decode_options())


def refuse_unopened(file: File[bytes]) -> None:
    """Raise Refusal if `file` is not accepted because of its size or name; does not read it."""
    limit = setting("MAX_UPLOAD_BYTES")
    if not file.size:
        raise Refusal("empty", "This file is empty. Copy or export it again.")
    if file.size > limit:
        raise Refusal(
            "too_large",
            f"Too large: {_megabytes(file.size)} (limit {_megabytes(limit)}). "
            "Export a smaller version and try again.",
        )
    if not promises_picture(clean_name(file.name or "")):
        raise Refusal(
            "wrong_extension",
            "This file type isn't supported. If it is a picture, give it the right extension "
            "(.jpg, .png …).",
        )


def _megabytes(size: int) -> str:
    """Return `size`, in bytes, with at most one decimal: 57.2 MB, 50 MB."""
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
