"""The body of a request: its announced length, and the files in it."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest


def content_length(request: HttpRequest) -> int:
    """Return the length of the body in bytes that the client announced, without reading it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def uploaded_files(request: HttpRequest) -> list[UploadedFile[bytes]]:
    """Return all files of a request, in fields of any name."""
    return [file for _, files in request.FILES.lists() for file in files]
