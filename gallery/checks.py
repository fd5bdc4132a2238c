"""System checks: report at start-up what would otherwise fail later."""

from typing import Any

from django.core import checks
from django.core.files.storage import default_storage
from PIL import features

from gallery.conf import setting
from gallery.suggestions import Preference
from gallery.worker import MODES


def register() -> None:
    checks.register(check_storage_keeps_files, checks.Tags.files)
    checks.register(check_webp)
    checks.register(check_preference)
    checks.register(check_worker)


def check_storage_keeps_files(**_: Any) -> list[checks.CheckMessage]:
    """Report a storage that replaces files of the same name, as S3 does by default."""
    if not getattr(default_storage, "file_overwrite", False):
        return []
    return [
        checks.Error(
            "The default storage overwrites files of the same name.",
            hint="Set STORAGE_OPTIONS='{\"file_overwrite\": false, …}'.",
            id="gallery.E001",
        )
    ]


def check_webp(**_: Any) -> list[checks.CheckMessage]:
    """Report a Pillow that cannot write renditions."""
    if features.check("webp"):
        return []
    return [
        checks.Error(
            "Pillow cannot write WebP, the format of all renditions.",
            hint="Install a Pillow wheel from PyPI, or build Pillow with libwebp.",
            id="gallery.E002",
        )
    ]


def check_preference(**_: Any) -> list[checks.CheckMessage]:
    """Report a misspelt preference for suggestions."""
    try:
        Preference.parse(setting("KEEP"))
    except ValueError as error:
        return [checks.Error(f"GALLERY['KEEP']: {error}", id="gallery.E003")]
    return []


def check_worker(**_: Any) -> list[checks.CheckMessage]:
    """Report a misspelt place for the background work, which would then not be done at all."""
    if setting("WORKER") in MODES:
        return []
    modes = " or ".join(map(repr, MODES))
    return [
        checks.Error(
            f"GALLERY['WORKER'] must be {modes}, not {setting('WORKER')!r}.", id="gallery.E004"
        )
    ]
