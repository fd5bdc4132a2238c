"""find_similar: what looks like this file, or has nearly this hash?"""

import json
import stat
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.management.commands.import_images import printable
from gallery.models import Image
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fields import compared_fields
from hashing.fingerprint import Fingerprint, fingerprint
from hashing.perceptual_hash import PerceptualHash


class Command(BaseCommand):
    help = "List the pictures that look like a file, or like a hash, nearest first. Stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", metavar="FILE|HEX", help="a picture, or a hash in hex")
        parser.add_argument("--by", default="phash", help="a hash field, or several joined by '+'")
        parser.add_argument("--max-distance", type=int, default=10, help="in bits, inclusive")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, subject: str, by: str, max_distance: int, **options: Any) -> None:
        _require_known(by)
        try:
            found = Image.objects.untrashed().similar_to(_subject(subject, by), by, max_distance)
        except ValueError as error:
            raise CommandError(str(error)) from error
        results = [_result(image, by) for image in found]
        if options["json"]:
            self.stdout.write(json.dumps({"results": results}))
            return
        for result in results:
            line = "{distance:>3}  {hash}  {bits}  {path}".format(**result)
            self.stdout.write(printable(line))
        if not results:
            self.stdout.write(f"Nothing within {max_distance} bits.")


def _require_known(by: str) -> None:
    known = [field.name for field in compared_fields(Image)]
    if not set(by.split("+")) <= set(known):
        raise CommandError(
            f"Value for 'by' must be one of: {', '.join(map(repr, known))}, "
            f"or several joined by '+', not {by!r}."
        )


def _subject(text: str, by: str) -> Fingerprint | PerceptualHash:
    try:
        if _is_file(text):
            with Path(text).open("rb") as file:
                return fingerprint(file, by.split("+"), decode_options())
    except Refusal as refusal:
        raise CommandError(printable(f"{text}: {refusal.message}")) from refusal
    except OSError as error:
        reason = f"This file cannot be read: {error.strerror or error}. Check its permissions."
        raise CommandError(printable(f"{text}: {reason}")) from error
    widths = {field.name: field.width for field in compared_fields(Image)}
    try:
        return PerceptualHash.parse(text, widths.get(by, 64))
    except ValueError as error:
        raise CommandError(f"There is no file {text!r}, and it is no hash: {error}") from error


def _is_file(text: str) -> bool:
    try:
        return stat.S_ISREG(Path(text).stat().st_mode)
    except PermissionError:
        raise
    except (OSError, ValueError):
        return False  # no name that a file could have; it may be a long hash


def _result(image: Image, by: str) -> dict[str, Any]:
    hashes = [getattr(image, name) for name in by.split("+")]
    return {
        "id": str(image.public_id),
        "path": image.source or image.original_name,
        "distance": image.distance,
        "hash": "+".join(hash_.hex for hash_ in hashes),
        "bits": "+".join(hash_.bits for hash_ in hashes),
    }
