"""
Settings of the app: one dictionary, `HASHING`, read when asked so that tests can override it.

>>> setting("ALGORITHM")
'phash'
"""

from typing import Any

from django.conf import settings

from hashing.decoding import DecodeOptions

DEFAULTS: dict[str, Any] = {
    # The algorithm that `similar_to` compares by when it is not told.
    "ALGORITHM": "phash",
    # Radius of a search in bits, inclusive, when it is not told.
    "MAX_DISTANCE": 10,
    # The most pictures that one search answers with, the nearest ones.
    "MAX_RESULTS": 1000,
    # Pixels that a file may claim before anything is decoded.
    "MAX_PIXELS": 60_000_000,
    # JPEGs are decoded at the smallest scale whose short side is at least this many pixels;
    # None decodes every pixel.
    "DECODE_SHORT_SIDE": 512,
    # … and whose long side is at least this, for whoever uses the same pixels for more.
    "DECODE_LONG_SIDE": 0,
}


def setting(name: str) -> Any:
    """Return `HASHING[name]`, or its default; an unknown name raises KeyError."""
    return getattr(settings, "HASHING", {}).get(name, DEFAULTS[name])


def decode_options() -> DecodeOptions:
    """Return how this site decodes: the same for every path, so that hashes agree."""
    return DecodeOptions(
        max_pixels=setting("MAX_PIXELS"),
        short_side=setting("DECODE_SHORT_SIDE"),
        long_side=setting("DECODE_LONG_SIDE"),
    )
