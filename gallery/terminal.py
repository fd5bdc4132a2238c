"""Arguments, progress bars and safe text for management commands."""

import os
import sys
import unicodedata
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import TypeVar

from django.core.management.base import CommandError, OutputWrapper
from tqdm import tqdm

Item = TypeVar("Item")


def add_workers_argument(parser: ArgumentParser) -> None:
    """Add the option --workers, a number of threads, to a command that decodes pictures."""
    parser.add_argument(
        "--workers",
        type=_number_of_workers,
        default=os.cpu_count() or 1,
        metavar="N",
        help="number of threads that decode (default: one per processor, %(default)s)",
    )


def with_progress(
    items: Iterable[Item], label: str = "", total: int | None = None, unit: str = ""
) -> Iterable[Item]:
    """Return `items` with a progress bar on standard error, if that is a terminal."""
    bar: Iterable[Item] = tqdm(items, label, total, unit=unit, file=sys.stderr, disable=None)
    return bar


def write_beside_progress(out: OutputWrapper, line: str) -> None:
    """Write `line` to `out` without garbling a progress bar on the same terminal."""
    with tqdm.external_write_mode(file=sys.stderr):
        out.write(line)


def printable(text: str) -> str:
    """Return `text` as one line, with invisible and control characters escaped."""
    # Cc and Cf are control and direction characters, Cs undecodable bytes of file names, Zl and
    # Zp line breaks.
    return "".join(
        c.encode("unicode_escape").decode()
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else c
        for c in text
    )


def _number_of_workers(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise CommandError(f"--workers must be at least 1, not {text}.")
