"""Keyboard shortcuts: one table, from which pages show the help and the script binds the keys."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Shortcut:
    """A key and what it does: follow `href`, focus what `focus` selects, or only be told of."""

    key: str
    does: str
    href: str = ""
    focus: str = ""


def shortcuts() -> list[Shortcut]:
    return [
        Shortcut("/", "Search titles and tags", focus="#q"),
        Shortcut("g", "Go to the gallery", href=reverse("gallery:index")),
        Shortcut("u", "Upload pictures", href=reverse("gallery:upload")),
        Shortcut("s", "Search by picture", href=reverse("gallery:search")),
        Shortcut("← →", "Move between pictures, or to the picture before and after"),
        Shortcut("↑ ↓", "Move between rows of pictures"),
        Shortcut("Enter", "Open the picture"),
        Shortcut("?", "Show this help"),
    ]
