"""Settings of the product: one dictionary, `GALLERY`, read when asked."""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "SITE_NAME": "Lookalike",
    "MAX_UPLOAD_BYTES": 50 * 1024 * 1024,
    "MAX_UPLOAD_FILES": 100,
    # Searches by picture that the address of a stranger has within a minute; 0: no limit.
    "SEARCHES_PER_MINUTE": 30,
    # Proxies before the site, each of which adds to X-Forwarded-For the address that it sees.
    "PROXIES": 0,
    # Pictures on one page of the grid.
    "PAGE_SIZE": 60,
    # Clusters on one page of the duplicates list.
    "CLUSTERS_PER_PAGE": 10,
    # Decisions after which a reviewer is offered to look them over.
    "CONTACT_SHEET_AFTER": 50,
    # Days that a picture stays in the trash before anyone may purge it.
    "TRASH_DAYS": 30,
    # Which copy a reviewer is advised to keep: "best" (quality), "smallest", "oldest", "newest",
    # "album:Name" or "owner:name". Reviewers can choose another way for their session.
    "KEEP": "best",
    # Words for distances, as (share of the bits that differ, up to and including; word).
    # They describe; what is found is decided by `max_distance`.
    "LIKENESS": (
        (4 / 64, "near-identical"),
        (10 / 64, "very similar"),
        (16 / 64, "similar"),
        (1.0, "different"),
    ),
}


def setting(name: str) -> Any:
    """Return `GALLERY[name]`, or its default; an unknown name raises KeyError."""
    return getattr(settings, "GALLERY", {}).get(name, DEFAULTS[name])
