"""Imports by the command, as a program runs it."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tests.gallery.media_files import stored_files
from tests.pictures import encoded, photo


def imported(*arguments: str | Path) -> dict[str, Any]:
    """Run import_images and return its JSON."""
    out = io.StringIO()
    command = ("import_images", *map(str, arguments), "--json")
    call_command(*command, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["stored"], answer["unchanged"], answer["rejected"]


def codes(answer: dict[str, Any]) -> dict[str, str]:
    """Return the code of each rejected file by its source."""
    return {r["source"]: r["code"] for r in answer["results"] if r["status"] == "rejected"}


def originals(settings: Any) -> list[Path]:
    return stored_files(settings, "originals")


def small_pictures(folder: Path) -> Path:
    """Make `folder` and put twelve small pictures there."""
    folder.mkdir()
    for seed in range(12):
        (folder / f"{seed:02}.jpg").write_bytes(encoded(photo(seed, (96, 64))))
    return folder
