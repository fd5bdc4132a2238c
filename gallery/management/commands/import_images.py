"""import_images: import whole folders."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from gallery.models import Image
from gallery.people import Member
from gallery.terminal import add_workers_argument, printable, with_progress, write_beside_progress
from gallery.uploads import (
    Import,
    Imported,
    ImportStopped,
    OutcomeCode,
    OutcomeStatus,
    SourceFiles,
    batch_size,
)

# For an import, a file that is in the gallery already has simply not changed.
STATUS_WORDS = {
    OutcomeStatus.STORED: "stored",
    OutcomeStatus.DUPLICATE: "unchanged",
    OutcomeStatus.REJECTED: "rejected",
}


class Command(BaseCommand):
    help = (
        "Import pictures from files and folders, including subfolders. Files that were imported "
        "for the same owner from the same path before are skipped, even if they are in the trash "
        "now. So if the command is interrupted, run it again and it resumes where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
        parser.add_argument("--owner", help="user name of the pictures' owner")
        parser.add_argument(
            "--private", action="store_true", help="make the pictures visible to the owner only"
        )
        add_workers_argument(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self, *, paths: list[Path], owner: str | None, private: bool, workers: int, **options: Any
    ) -> None:
        user = _user(owner, private)
        for path in paths:
            if _is_missing(path):
                raise CommandError(f"There is nothing at {str(path)!r}. Check the path.")
        files = SourceFiles(paths)
        total = sum(1 for _ in files)
        visibility = Image.Visibility.PRIVATE if private else Image.Visibility.PUBLIC
        run = Import(user, visibility, workers, batch_size(total))
        results = with_progress(run.results(files), total=total, unit="picture")
        try:
            if options["json"]:
                self._print_json(results, files)
            else:
                self._print_lines(results, files)
        except ImportStopped as stop:
            raise CommandError(str(stop)) from stop

    def _print_json(self, results: Iterable[Imported], files: SourceFiles) -> None:
        facts = [_facts(result) for result in results]
        counts = Counter(fact["status"] for fact in facts)
        summary = {word: counts[word] for word in STATUS_WORDS.values()}
        summary["in_trash"] = sum(fact.get("code") == OutcomeCode.IN_TRASH for fact in facts)
        self.stdout.write(json.dumps({**summary, "skipped": files.skipped, "results": facts}))

    def _print_lines(self, results: Iterable[Imported], files: SourceFiles) -> None:
        counts: Counter[OutcomeStatus] = Counter()
        in_trash = 0
        for result in results:
            outcome = result.outcome
            counts[outcome.status] += 1
            in_trash += outcome.code == OutcomeCode.IN_TRASH
            if outcome.status is OutcomeStatus.REJECTED:
                line = printable(f"{result.file.path}: {outcome.reason}")
                write_beside_progress(self.stdout, line)
        numbers = ", ".join(f"{word} {counts[status]}" for status, word in STATUS_WORDS.items())
        self.stdout.write(f"{numbers.capitalize()}, skipped {files.skipped}.")
        if in_trash:
            self.stdout.write(
                f"Unchanged files in the trash: {in_trash}. You can restore them on the Trash page."
            )


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


def _facts(result: Imported) -> dict[str, str]:
    """Return a result for JSON; `code` and `reason`, or `id`, only where there are any."""
    outcome = result.outcome
    facts = {
        "path": _text(result.file.path),
        "source": result.file.source,
        "status": STATUS_WORDS[outcome.status],
    }
    if outcome.reason:
        facts |= {"code": outcome.code, "reason": outcome.reason}
    if outcome.image:
        facts["id"] = str(outcome.image.public_id)
    return facts


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False  # it exists, and the import reports why it cannot be read
    return False


def _text(path: Path) -> str:
    # File names are bytes; those that are not valid UTF-8 cannot be printed as they are.
    return str(path).encode(errors="backslashreplace").decode()
