"""
How often someone may ask within a minute.

Everyone has as many seats in the cache as requests are allowed. A request takes a free one, and
the cache frees it a minute later. So no minute holds more, wherever it begins, and of several
processes that share a cache two never take the same seat: `add()` is atomic in every cache of
Django's but the one of files.
"""

import ipaddress
import logging
import math
import time

from django.core.cache import cache
from django.http import HttpRequest

from gallery.conf import setting

logger = logging.getLogger("gallery")

WINDOW = 60  # seconds
LOCAL = ("127.0.0.1", "::")  # the second as a /64


def pause(who: str, limit: int) -> int:
    """
    Count a request of `who`, of which `limit` are allowed within WINDOW; 0 allows all.

    Returns 0, or in how many seconds the next one is allowed.
    """
    try:
        return _taken(who, limit) if limit > 0 else 0
    except Exception:  # each cache fails in its own way
        logger.exception("The cache does not answer, so requests are not counted.")
        return 0


def _taken(who: str, limit: int) -> int:
    now = time.time()
    seats = [f"seat:{who}:{number}" for number in range(limit)]
    freed = cache.get_many(seats)
    for seat in seats:
        if seat not in freed and cache.add(seat, now + WINDOW, WINDOW):
            return 0
    return max(1, math.ceil(min(freed.values(), default=now) - now))


def stranger(request: HttpRequest) -> str:
    """
    Return the address that a stranger comes from.

    "" for who is none: members, who may upload too, and programs on this machine itself.
    """
    if request.user.is_authenticated:
        return ""
    address = _network(_address(request))
    is_forwarded = "X-Forwarded-For" in request.headers
    return "" if address in LOCAL and not is_forwarded else address


def _address(request: HttpRequest) -> str:
    """
    Return the address before as many proxies as the site is behind.

    Each adds the address that it sees at the end of the header; what stands before that the
    visitor may have made up.
    """
    proxies = setting("PROXIES")
    seen = request.headers.get("X-Forwarded-For", "").replace(",", " ").split()
    if 0 < proxies <= len(seen):
        return seen[-proxies]
    return request.META.get("REMOTE_ADDR", "")


def _network(address: str) -> str:
    """Return `address`, or the /64 that whoever has an IPv6 address has all of."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"  # a socket has none
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False).network_address)
