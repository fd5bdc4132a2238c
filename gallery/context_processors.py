"""Variables of every template."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from gallery.conf import setting

THEMES = ("system", "light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, the visitor's theme, and what the frame of each page links to."""
    theme = request.COOKIES.get("theme", "")
    return {
        "brand": setting("SITE_NAME"),
        "theme": theme if theme in THEMES else "system",
        "themes": THEMES,
        "shortcuts": {},  # filled by the tag `key` while the page is rendered
        "duplicates_url": _duplicates_url(request),
    }


def _duplicates_url(request: HttpRequest) -> str:
    # Error pages can be shown before the user is known.
    user = getattr(request, "user", None)
    if not (user and user.is_staff and user.has_perm("gallery.review_duplicates")):
        return ""
    try:
        return reverse("admin:gallery_image_duplicates")
    except NoReverseMatch:
        return ""  # the admin is not among the URLs of every site
