"""The gallery's settings: the dictionary `GALLERY`, read at each use."""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "SITE_NAME": "Lookalike",
    "MAX_UPLOAD_BYTES": 50 * 1024 * 1024,
    "MAX_UPLOAD_FILES": 100,
    # Searches by picture a minute for each address that is not logged in; 0 sets no limit.
    "SEARCHES_PER_MINUTE": 30,
    # Proxies in front of the site; each adds its client's address to X-Forwarded-For.
    "PROXIES": 0,
    # Where pictures are compared in the background: "server" (beside the web server, unless the
    # command `compare --follow` runs) or "off" (only by commands).
    "WORKER": "server",
    # Pictures on one page of the grid.
    "PAGE_SIZE": 60,
    # Clusters on one page of the duplicates list.
    "CLUSTERS_PER_PAGE": 10,
    # Decisions after which a reviewer is invited to check them.
    "CONTACT_SHEET_AFTER": 50,
    # Days that a picture stays in the trash before it can be purged.
    "TRASH_DAYS": 30,
    # Which copy is suggested: "best" (by quality), "smallest", "oldest", "newest", "album:Name" or
    # "owner:name". Reviewers can choose another preference for their session.
    "KEEP": "best",
    # Pictures whose keypoints the worker keeps in memory to find parts, at about 2 KB each.
    "KEYPOINT_PICTURES": 250_000,
    # Words for distances, each with the largest share of differing bits that it describes. They
    # only describe; `max_distance` decides which pictures are found.
    "SIMILARITY": (
        (4 / 64, "almost identical"),
        (10 / 64, "very similar"),
        (16 / 64, "similar"),
        (1.0, "different"),
    ),
}


def setting(name: str) -> Any:
    """Return `GALLERY[name]` or its default. Raises KeyError for an unknown name."""
    return getattr(settings, "GALLERY", {}).get(name, DEFAULTS[name])
