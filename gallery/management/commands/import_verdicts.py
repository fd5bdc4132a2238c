"""import_verdicts: read verdicts that export_verdicts wrote, on this site or another."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.review import InvalidLines, import_verdicts, parsed

MOST_COMPLAINTS = 20


class Command(BaseCommand):
    help = "Import verdicts from lines of JSON; the latest verdict on each pair counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file from export_verdicts; - for standard input")

    def handle(self, *, file: str, **options: Any) -> None:
        try:
            lines = parsed(self._text(file).split("\n"))
        except InvalidLines as error:
            raise CommandError(self._complaint(error)) from error
        imported = import_verdicts(lines)
        new = "1 verdict" if imported.new == 1 else f"{imported.new} verdicts"
        waiting = f", {imported.waiting} waiting for missing copies" if imported.waiting else ""
        self.stdout.write(f"{new} imported, {imported.known} known already{waiting}.")

    def _complaint(self, error: InvalidLines) -> str:
        shown = error.complaints[:MOST_COMPLAINTS]
        more = len(error.complaints) - len(shown)
        rest = [f"and {more} more."] if more else []
        return "\n".join(["Nothing was imported.", *shown, *rest])

    def _text(self, file: str) -> str:
        try:
            data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise CommandError(f"{file} is not UTF-8 text. Nothing was imported.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
