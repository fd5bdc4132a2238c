"""find_similar: what looks like this file, or has nearly this hash?"""

import json
import stat
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.files import unstored
from gallery.models import Image
from gallery.similar import same_as
from gallery.terminal import printable
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fields import compared_fields
from hashing.fingerprints import PerceptualHash, fingerprint
from hashing.pictures import Picture, decode


class Command(BaseCommand):
    help = "List the pictures that look like a file, or like a hash, nearest first. Stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", metavar="FILE|HEX", help="a picture, or a hash in hex")
        parser.add_argument("--by", default="phash", help="a hash field, or several joined by '+'")
        parser.add_argument("--max-distance", type=int, default=10, help="in bits, inclusive")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, subject: str, by: str, max_distance: int, **options: Any) -> None:
        _require_known(by)
        picture = _picture(subject)
        pictures = Image.objects.untrashed()
        try:
            looked_for = fingerprint(picture, by.split("+")) if picture else _hash(subject, by)
            found = pictures.similar_to(looked_for, by, max_distance)
        except ValueError as error:
            raise CommandError(str(error)) from error
        same = same_as(unstored(picture), pictures) if picture else []
        told = {
            "same": [{**_where(one.image), **one.description} for one in same],
            "results": [_result(image, by) for image in found],
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self._print(told, max_distance)

    def _print(self, told: dict[str, list[dict[str, Any]]], max_distance: int) -> None:
        for one in told["same"]:
            line = "The same picture: {path} ({sentence})".format(**one)
            self.stdout.write(printable(line))
        for result in told["results"]:
            line = "{distance:>3}  {hash}  {bits}  {path}".format(**result)
            self.stdout.write(printable(line))
        if not told["results"]:
            self.stdout.write(f"Nothing within {max_distance} bits.")


def _require_known(by: str) -> None:
    known = [field.name for field in compared_fields(Image)]
    if not set(by.split("+")) <= set(known):
        raise CommandError(
            f"Value for 'by' must be one of: {', '.join(map(repr, known))}, "
            f"or several joined by '+', not {by!r}."
        )


def _picture(text: str) -> Picture | None:
    """Return the picture in the file called `text`; None if there is no such file."""
    try:
        if not _is_file(text):
            return None
        with Path(text).open("rb") as file:
            return decode(file, decode_options())
    except Refusal as refusal:
        raise CommandError(printable(f"{text}: {refusal.message}")) from refusal
    except OSError as error:
        reason = f"This file cannot be read: {error.strerror or error}. Check its permissions."
        raise CommandError(printable(f"{text}: {reason}")) from error


def _hash(text: str, by: str) -> PerceptualHash:
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


def _where(image: Image) -> dict[str, str]:
    return {"id": str(image.public_id), "path": image.source or image.original_name}


def _result(image: Image, by: str) -> dict[str, Any]:
    hashes = [getattr(image, name) for name in by.split("+")]
    return {
        **_where(image),
        "distance": image.distance,
        "hash": "+".join(hash_.hex for hash_ in hashes),
        "bits": "+".join(hash_.bits for hash_ in hashes),
    }
