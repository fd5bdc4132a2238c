"""find_similar: list the pictures that are similar to a file or a hash."""

import json
import stat
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypedDict

from django.core.management.base import BaseCommand, CommandError

from gallery.files import unstored
from gallery.models import Image
from gallery.querysets import ImageQuerySet
from gallery.similar import SamePicture, same_as
from gallery.terminal import printable
from gallery.verification import preview_of
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fields import compared_fields
from hashing.fingerprints import PerceptualHash, fingerprint
from hashing.pictures import Picture, decode


class Result(TypedDict):
    """A similar picture; hashes are joined by "+" if there are several."""

    id: str
    path: str
    distance: int
    hash: str
    bits: str


class Command(BaseCommand):
    help = (
        "List the pictures that are similar to a file or a hash, nearest first. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", metavar="FILE|HEX", help="a picture, or a hash in hex")
        parser.add_argument("--by", default="phash", help="a hash field, or several joined by '+'")
        parser.add_argument(
            "--max-distance", type=int, default=10, help="the largest distance in bits, inclusive"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, subject: str, by: str, max_distance: int, **options: Any) -> None:
        _require_known(by)
        picture = _picture(subject)
        pictures = Image.objects.untrashed()
        try:
            hashes = fingerprint(picture, by.split("+")) if picture else _hash(subject, by)
            distances = pictures.distances_to(hashes, by=by, max_distance=max_distance)
        except ValueError as error:
            raise CommandError(str(error)) from error
        same = _copies(picture, pictures) if picture else []
        results = _results(distances, by)
        if options["json"]:
            same_facts = [{**_location(copy.image), **copy.facts} for copy in same]
            self.stdout.write(json.dumps({"same": same_facts, "results": results}))
        else:
            self._print(same, results, max_distance)

    def _print(self, same: Iterable[SamePicture], results: list[Result], max_distance: int) -> None:
        for copy in same:
            path = _location(copy.image)["path"]
            self.stdout.write(printable(f"The same picture: {path} ({copy.sentence})"))
        for result in results:
            line = "{distance:>3}  {hash}  {bits}  {path}".format(**result)
            self.stdout.write(printable(line))
        if not results:
            self.stdout.write(f"No similar pictures within {max_distance} bits.")


def _copies(picture: Picture, pictures: ImageQuerySet) -> list[SamePicture]:
    return same_as(unstored(picture), preview_of(picture), pictures)


def _require_known(by: str) -> None:
    names = [field.name for field in compared_fields(Image)]
    if not set(by.split("+")) <= set(names):
        raise CommandError(
            f"Value for 'by' must be one of: {', '.join(map(repr, names))}, "
            f"or several joined by '+', not {by!r}."
        )


def _picture(path: str) -> Picture | None:
    """Return the picture in a file; None if there is no such file."""
    try:
        if not _is_file(path):
            return None
        with Path(path).open("rb") as file:
            return decode(file, decode_options())
    except Refusal as refusal:
        raise CommandError(printable(f"{path}: {refusal.message}")) from refusal
    except OSError as error:
        reason = f"This file cannot be read: {error.strerror or error}. Check its permissions."
        raise CommandError(printable(f"{path}: {reason}")) from error


def _hash(text: str, by: str) -> PerceptualHash:
    widths = {field.name: field.width for field in compared_fields(Image)}
    try:
        return PerceptualHash.parse(text, widths.get(by, 64))
    except ValueError as error:
        raise CommandError(f"{text!r} is neither a file nor a hash: {error}") from error


def _is_file(text: str) -> bool:
    try:
        return stat.S_ISREG(Path(text).stat().st_mode)
    except PermissionError:
        raise
    except (OSError, ValueError):
        return False  # not a possible file name, such as a long hash


def _location(image: Image) -> dict[str, str]:
    return {"id": str(image.public_id), "path": image.source or image.original_name}


def _results(distances: dict[int, int], by: str) -> list[Result]:
    images = Image.objects.in_bulk(distances)
    return [
        _result(images[key], distance, by) for key, distance in distances.items() if key in images
    ]


def _result(image: Image, distance: int, by: str) -> Result:
    hashes: list[PerceptualHash] = [getattr(image, name) for name in by.split("+")]
    return {
        "id": str(image.public_id),
        "path": image.source or image.original_name,
        "distance": distance,
        "hash": "+".join(hash_.hex for hash_ in hashes),
        "bits": "+".join(hash_.bits for hash_ in hashes),
    }
