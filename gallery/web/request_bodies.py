"""What callers send: how much, and which files."""

from django.core.files import File
from django.http import HttpRequest


def length(request: HttpRequest) -> int:
    """Return how many bytes the caller says that the body has; nothing of it is read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def sent_files(request: HttpRequest) -> list[File]:
    """Return all files of a request, whatever the fields are called that they came in."""
    return [file for _, files in request.FILES.lists() for file in files]
