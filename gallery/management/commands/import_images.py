"""import_images: take in whole folders."""

import json
import os
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from gallery.models import Image
from gallery.people import Member
from gallery.terminal import printable
from gallery.uploads import Import, ImportStopped, Result, SourceFiles, batch_size


class Command(BaseCommand):
    help = (
        "Import pictures from files and folders, with all folders below. A file that was imported "
        "from the same path for the same owner before, also if it lies in the trash now, is left "
        "alone; so running it again after it was stopped goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
        parser.add_argument("--owner", help="user name of whom the pictures belong to")
        parser.add_argument("--private", action="store_true", help="show them to the owner only")
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="threads that decode (default: one a processor, %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self, *, paths: list[Path], owner: str, private: bool, workers: int, **options: Any
    ) -> None:
        user = _user(owner, private)
        if workers < 1:
            raise CommandError(f"--workers must be at least 1, not {workers}.")
        for path in paths:
            if _is_missing(path):
                raise CommandError(f"There is nothing at {str(path)!r}. Check the path.")
        files = SourceFiles(paths)
        total = sum(1 for _ in files)
        visibility = Image.Visibility.PRIVATE if private else Image.Visibility.PUBLIC
        run = Import(user, visibility, workers, batch_size(total))
        results = _with_progress(run.results(files), total)
        try:
            if options["json"]:
                self._print_json(results, files)
            else:
                self._print_lines(results, files)
        except ImportStopped as stop:
            raise CommandError(str(stop)) from stop

    def _print_json(self, results: Iterable[Result], files: SourceFiles) -> None:
        facts = [_facts(result) for result in results]
        counts = Counter(fact["status"] for fact in facts)
        summary = {status: counts[status] for status in ("stored", "unchanged", "rejected")}
        summary["in_trash"] = sum(fact.get("code") == "in_trash" for fact in facts)
        self.stdout.write(json.dumps({**summary, "skipped": files.skipped, "results": facts}))

    def _print_lines(self, results: Iterable[Result], files: SourceFiles) -> None:
        counts: Counter[str] = Counter()
        for result in results:
            counts[result.status] += 1
            counts[result.code] += 1
            if result.status == "rejected":
                with tqdm.external_write_mode(file=sys.stderr):
                    self.stdout.write(printable(f"{result.file.path}: {result.reason}"))
        self.stdout.write(
            f"Stored {counts['stored']}, unchanged {counts['unchanged']}, "
            f"rejected {counts['rejected']}, skipped {files.skipped}."
        )
        if count := counts["in_trash"]:
            self.stdout.write(
                f"In the trash: {count} of the unchanged. They are restored on the page “Trash”."
            )


def _with_progress(results: Iterable[Result], total: int) -> Iterable[Result]:
    # disable=None: none where standard error is no terminal
    return tqdm(results, total=total, unit="picture", file=sys.stderr, disable=None)


def _user(name: str | None, private: bool) -> Member | None:
    if not name:
        if private:
            raise CommandError("Private pictures need an owner: add --owner NAME.")
        return None
    users = get_user_model()
    try:
        return users.objects.get_by_natural_key(name)
    except users.DoesNotExist:
        raise CommandError(
            f"There is no user {name!r}. Create one with `manage.py createsuperuser`."
        ) from None


def _facts(result: Result) -> dict[str, str]:
    facts = {
        "path": _text(result.file.path),
        "source": result.file.source,
        "status": result.status,
    }
    told = {"code": result.code, "reason": result.reason} if result.reason else {}
    return {**facts, **told, **({"id": result.id} if result.id else {})}


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False  # something is there, and the import says what is wrong with it
    return False


def _text(path: Path) -> str:
    # Names on disk are bytes, and those that are no UTF-8 cannot be printed as they are.
    return str(path).encode(errors="backslashreplace").decode()
