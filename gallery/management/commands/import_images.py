"""import_images: take in whole folders."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from gallery.file_names import PICTURE_EXTENSIONS, clean_name
from gallery.models import Image
from gallery.uploads import Details, decoded, store
from hashing.digests import file_digest
from hashing.exceptions import Refusal


class Command(BaseCommand):
    help = (
        "Import pictures from files and folders, with all folders below. A file that was imported "
        "from the same path before, also if it lies in the trash now, is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
        parser.add_argument("--owner", help="user name of whom the pictures belong to")
        parser.add_argument("--private", action="store_true", help="show them to the owner only")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, paths: list[Path], owner: str, private: bool, **options: Any) -> None:
        visibility = Image.Visibility.PRIVATE if private else Image.Visibility.PUBLIC
        user = _user(owner, private)
        files = list(_files(paths))
        bar = tqdm(files, unit="picture", file=self.stderr, disable=not self.stderr.isatty())
        results = [
            {"path": str(path), "source": source, **_imported(path, source, user, visibility)}
            for path, source in bar
        ]
        counts = Counter(result["status"] for result in results)
        if options["json"]:
            summary = {status: counts[status] for status in ("stored", "unchanged", "rejected")}
            self.stdout.write(json.dumps({**summary, "results": results}))
            return
        for result in results:
            if result["status"] == "rejected":
                self.stdout.write(f"{result['path']}: {result['reason']}")
        self.stdout.write(
            f"Stored {counts['stored']}, unchanged {counts['unchanged']}, "
            f"rejected {counts['rejected']}."
        )


def _user(name: str | None, private: bool) -> AbstractBaseUser | None:
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


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each file with its source: the path from the named folder on, or just its name."""
    for path in paths:
        if not path.exists():
            raise CommandError(f"There is nothing at {str(path)!r}. Check the path.")
        named = path.resolve()
        if named.is_file():
            yield path, named.name
            continue
        for file in sorted(named.rglob("*")):
            if file.is_file() and file.suffix[1:].lower() in PICTURE_EXTENSIONS:
                yield file, file.relative_to(named.parent).as_posix()


def _imported(
    path: Path, source: str, owner: AbstractBaseUser | None, visibility: str
) -> dict[str, Any]:
    """Import one file and return what became of it."""
    try:
        with path.open("rb") as stream:
            known = Image.objects.filter(source=source, sha256=file_digest(stream)).first()
            if known:
                return {"status": "unchanged", "id": str(known.public_id)}
            file = File(stream, name=path.name)
            picture = decoded(file)
            details = Details(visibility=visibility, source=source)
            with transaction.atomic():
                image = store(file, picture, owner, clean_name(path.name), details)
    except Refusal as refusal:
        return {"status": "rejected", "code": refusal.code, "reason": refusal.message}
    except OSError as error:
        reason = f"This file cannot be read: {error.strerror or error}. Check its permissions."
        return {"status": "rejected", "code": "unreadable", "reason": reason}
    return {"status": "stored", "id": str(image.public_id)}
