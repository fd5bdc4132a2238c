"""What every page knows."""

from django.http import HttpRequest

from gallery.conf import setting


def site(request: HttpRequest) -> dict[str, str]:
    """Return the site's name, and the theme that the visitor chose."""
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": setting("SITE_NAME"),
        "theme": theme if theme in ("light", "dark") else "system",
    }
