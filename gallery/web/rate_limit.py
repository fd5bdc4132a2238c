"""
Limit how many requests one client may send within a minute.

Each client has as many slots in the cache as requests are allowed. A request takes a free slot,
which expires a minute later, so no sliding minute holds more requests than slots. Processes that
share a cache never take the same slot: `add()` is atomic in all of Django's caches except the
file-based one.
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
LOCALHOST = ("127.0.0.1", "::")  # IPv6 as the /64 of ::1


def seconds_to_wait(client: str, limit: int) -> int:
    """
    Count a request of `client` and return 0, or the seconds until the next one is allowed.

    `limit` requests are allowed within WINDOW; 0 means no limit. If the cache fails, nothing is
    counted and every request is allowed.
    """
    try:
        return _take_slot(client, limit) if limit > 0 else 0
    except Exception:  # each cache backend raises its own errors
        logger.exception("The cache is not available, so requests are not counted.")
        return 0


def _take_slot(client: str, limit: int) -> int:
    now = time.time()
    slots = [f"requests:{client}:{number}" for number in range(limit)]
    expiry_times: dict[str, float] = cache.get_many(slots)
    for slot in slots:
        if slot not in expiry_times and cache.add(slot, now + WINDOW, WINDOW):
            return 0
    return max(1, math.ceil(min(expiry_times.values(), default=now) - now))


def limited_client(request: HttpRequest) -> str:
    """
    Return the address by which the requests of an anonymous visitor are counted.

    Returns "" if they are not limited: for members and for programs on this machine.
    """
    if request.user.is_authenticated:
        return ""
    network = _network(_client_address(request))
    is_forwarded = "X-Forwarded-For" in request.headers
    return "" if network in LOCALHOST and not is_forwarded else network


def _client_address(request: HttpRequest) -> str:
    """
    Return the address that the outermost of the site's own proxies saw.

    Each proxy appends the address it sees to X-Forwarded-For. Entries before those of our own
    proxies can be made up by the visitor.
    """
    proxies: int = setting("PROXIES")
    addresses = request.headers.get("X-Forwarded-For", "").replace(",", " ").split()
    if 0 < proxies <= len(addresses):
        return addresses[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    """Return an IPv4 address itself, or the /64 network of an IPv6 address: one customer's."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"  # a Unix socket has no address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False).network_address)
