"""find_similar: what looks like this file, or has nearly this hash?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.models import Image
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fields import hash_fields
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
        try:
            found = Image.objects.untrashed().similar_to(_subject(subject, by), by, max_distance)
        except ValueError as error:
            raise CommandError(str(error)) from error
        results = [_result(image, by) for image in found]
        if options["json"]:
            self.stdout.write(json.dumps({"results": results}))
            return
        for result in results:
            self.stdout.write("{distance:>3}  {hash}  {bits}  {path}".format(**result))
        if not results:
            self.stdout.write(f"Nothing within {max_distance} bits.")


def _subject(text: str, by: str) -> Fingerprint | PerceptualHash:
    path = Path(text)
    if path.is_file():
        try:
            with path.open("rb") as file:
                return fingerprint(file, options=decode_options())
        except Refusal as refusal:
            raise CommandError(f"{text}: {refusal.message}") from refusal
    widths = {field.name: field.width for field in hash_fields(Image)}
    try:
        return PerceptualHash.parse(text, widths.get(by, 64))
    except ValueError as error:
        raise CommandError(f"There is no file {text!r}, and it is no hash: {error}") from error


def _result(image: Image, by: str) -> dict[str, Any]:
    hashes = [getattr(image, name) for name in by.split("+")]
    return {
        "id": str(image.public_id),
        "path": image.source or image.original_name,
        "distance": image.distance,
        "hash": "+".join(hash_.hex for hash_ in hashes),
        "bits": "+".join(hash_.bits for hash_ in hashes),
    }
