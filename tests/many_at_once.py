"""Calls in threads and commands in processes of their own, all at the same time."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).parents[1]


def all_at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Return what `calls` return, each made in a thread of its own, all at the same time."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def make(number: int) -> None:
        barrier.wait()
        try:
            results[number] = calls[number]()
        except Exception as error:  # noqa: BLE001 (returned to the test)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[number]) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def environment(media: Path) -> dict[str, str]:
    """Return what a process needs to work on the database of this test."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        place = "{USER}:{PASSWORD}@{HOST}:{PORT}".format(**connection.settings_dict)
        url = f"postgres://{place}/{name}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MEDIA_ROOT": str(media),
        "VAR_DIR": str(media.parent / "var"),
    }


def start(media: Path, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(media),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
