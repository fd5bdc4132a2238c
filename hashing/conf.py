"""
Settings of the app: the dictionary `HASHING`, read on every use so that tests can override it.

>>> setting("ALGORITHM")
'phash'
"""

from functools import cache
from typing import Any

from django.conf import settings

from hashing.pictures import DecodeOptions, MemoryBudget

DEFAULTS: dict[str, Any] = {
    # The hash field that `similar_to` compares by, unless the call names one.
    "ALGORITHM": "phash",
    # The largest distance of a result in bits, inclusive, unless the call names one.
    "MAX_DISTANCE": 10,
    # The most results of one search; the nearest ones are returned.
    "MAX_RESULTS": 1000,
    # The most pixels of a picture, checked before it is decoded.
    "MAX_PIXELS": 60_000_000,
    # How precisely JPEGs are decoded: "exact" decodes every pixel, "default" and "fast" decode at
    # the smallest scale whose short side has at least 512 or 256 pixels.
    "DECODE": "default",
    # … and whose long side has at least this many, if the site uses the same pixels for more.
    "DECODE_LONG_SIDE": 0,
    # Memory in bytes that all decodes of a process can take together; further ones wait.
    "DECODE_MEMORY": 1_000_000_000,
    # Whether HEIC pictures must be readable: True requires pillow-heif, None uses it if it is
    # installed.
    "HEIF": None,
}


def setting(name: str) -> Any:
    """Return `HASHING[name]` or its default. Raises KeyError for an unknown name."""
    return getattr(settings, "HASHING", {}).get(name, DEFAULTS[name])


SHORT_SIDES = {"exact": None, "default": 512, "fast": 256}


def decode_options() -> DecodeOptions:
    """Return how the site decodes: always the same, so that hashes agree."""
    return DecodeOptions(
        max_pixels=setting("MAX_PIXELS"),
        short_side=SHORT_SIDES[setting("DECODE")],
        long_side=setting("DECODE_LONG_SIDE"),
        budget=_budget(setting("DECODE_MEMORY")),
    )


@cache
def _budget(limit: int) -> MemoryBudget:
    """Return the memory budget that all decodes of this process share."""
    return MemoryBudget(limit)
