"""The files in the storage of a test."""

from pathlib import Path
from typing import Any


def stored_files(settings: Any, folder: str = "") -> list[Path]:
    """Return the paths of all stored files, or of those in `folder`."""
    return [path for path in Path(settings.MEDIA_ROOT, folder).rglob("*") if path.is_file()]
