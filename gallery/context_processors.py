"""What every page knows."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from gallery.conf import setting
from gallery.web import shortcuts

THEMES = ("system", "light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, the theme that the visitor chose, and what the frame links to."""
    theme = request.COOKIES.get("theme", "")
    return {
        "brand": setting("SITE_NAME"),
        "theme": theme if theme in THEMES else "system",
        "themes": THEMES,
        "shortcuts": shortcuts,
        "duplicates_url": _duplicates_url(request),
    }


def _duplicates_url(request: HttpRequest) -> str:
    # Error pages may be shown before anyone was identified.
    user = getattr(request, "user", None)
    if not (user and user.is_staff and user.has_perm("gallery.review_duplicates")):
        return ""
    try:
        return reverse("admin:gallery_image_duplicates")
    except NoReverseMatch:
        return ""  # a site may leave the admin out of its addresses
