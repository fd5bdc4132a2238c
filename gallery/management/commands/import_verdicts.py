"""import_verdicts: take in what export_verdicts wrote, here or on another site."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.review import BadLines, parsed, take_in

MOST_COMPLAINTS = 20


class Command(BaseCommand):
    help = "Take in verdicts from lines of JSON; of two on one pair the later one counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="what export_verdicts wrote; - for standard input")

    def handle(self, *, file: str, **options: Any) -> None:
        try:
            lines = parsed(self._text(file).split("\n"))
        except BadLines as error:
            shown = error.complaints[:MOST_COMPLAINTS]
            more = len(error.complaints) - len(shown)
            rest = [f"and {more} more."] if more else []
            raise CommandError("\n".join(["Nothing was taken in.", *shown, *rest])) from error
        done = take_in(lines)
        self.stdout.write(
            f"{done.new} verdicts taken in, {done.known} known already"
            + (f", {done.waiting} waiting for copies that are not here" if done.waiting else "")
            + "."
        )

    def _text(self, file: str) -> str:
        try:
            data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise CommandError(f"{file} is not UTF-8 text. Nothing was taken in.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
