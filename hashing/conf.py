"""
Settings of the app: one dictionary, `HASHING`, read when asked so that tests can override it.

>>> setting("ALGORITHM")
'phash'
"""

from functools import cache
from typing import Any

from django.conf import settings

from hashing.pictures import DecodeOptions, MemoryBudget

DEFAULTS: dict[str, Any] = {
    # The algorithm that `similar_to` compares by when it is not told.
    "ALGORITHM": "phash",
    # Radius of a search in bits, inclusive, when it is not told.
    "MAX_DISTANCE": 10,
    # The most pictures that one search answers with, the nearest ones.
    "MAX_RESULTS": 1000,
    # Pixels that a file may claim before anything is decoded.
    "MAX_PIXELS": 60_000_000,
    # How closely JPEGs are looked at: "exact" decodes every pixel, "default" and "fast" decode at
    # the smallest scale whose short side has at least 512 and 256 pixels.
    "DECODE": "default",
    # … and whose long side has at least this many, for whoever uses the same pixels for more.
    "DECODE_LONG_SIDE": 0,
    # Bytes that all decodes of a process may take together; who does not fit waits.
    "DECODE_MEMORY": 1_000_000_000,
    # Whether pictures in HEIC have to be readable: True demands pillow-heif, None takes what is
    # installed.
    "HEIF": None,
}


def setting(name: str) -> Any:
    """Return `HASHING[name]`, or its default; an unknown name raises KeyError."""
    return getattr(settings, "HASHING", {}).get(name, DEFAULTS[name])


SHORT_SIDES = {"exact": None, "default": 512, "fast": 256}


def decode_options() -> DecodeOptions:
    """Return how this site decodes: the same for every path, so that hashes agree."""
    return DecodeOptions(
        max_pixels=setting("MAX_PIXELS"),
        short_side=SHORT_SIDES[setting("DECODE")],
        long_side=setting("DECODE_LONG_SIDE"),
        budget=_budget(setting("DECODE_MEMORY")),
    )


@cache
def _budget(limit: int) -> MemoryBudget:
    """Return the one budget that all decodes of this process share."""
    return MemoryBudget(limit)
