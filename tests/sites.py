"""Sites of their own, with a database and files in a folder, for commands that run as processes."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from gallery.models import Image

ROOT = Path(__file__).parents[1]


def command(var: Path, *arguments: str) -> subprocess.Popen:
    """Start a management command in a process and with a site of its own."""
    environment = {**os.environ, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen) -> Any:
    """Wait for a command and return what it printed, read if it is JSON."""
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return json.loads(out) if out.startswith("{") else out


def query(var: Path, sql: str) -> list[tuple[Any, ...]]:
    """Run `sql` on the database in `var`; what it changes is kept."""
    connection = sqlite3.connect(var / "gallery.sqlite3", timeout=20)
    try:
        with connection:
            return connection.execute(sql).fetchall()
    finally:
        connection.close()


def state(var: Path) -> list[tuple[Any, ...]]:
    """Return what the database in `var` says of its pictures, keys and times left out."""
    columns = ", ".join(("source", "original_name", "title", "visibility", *Image.DERIVED))
    return query(var, f"SELECT {columns} FROM gallery_image ORDER BY source, id")


def number_of(var: Path, folder: str) -> int:
    return sum(path.is_file() for path in (var / "media" / folder).rglob("*"))
