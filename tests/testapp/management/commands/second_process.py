"""
Another process with the same database, that does what it is told.

Reads one JSON list a line, [verb, arguments…], and answers with one line of JSON. Its index stays
warm between questions, as a worker's does.
"""

import json
import random
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.hashing.stress import stress, write_without_end
from tests.testapp.models import Plain


def find(hex: str, max_distance: int) -> list[int]:
    hash_ = PerceptualHash.from_hex(hex)
    return [row.pk for row in Plain.objects.similar_to(hash_, max_distance=max_distance)]


def add(hex: str) -> int:
    return Plain.objects.create(phash=hex).pk


def change(pk: int, hex: str) -> int:
    return Plain.objects.filter(pk=pk).update(phash=hex)


def delete(pk: int) -> int:
    return Plain.objects.filter(pk=pk).delete()[0]


def index() -> dict[int, int]:
    keys, hashes = Plain.objects.hamming_index().entries
    return dict(zip(keys.tolist(), hashes.tolist(), strict=True))


def scribble(seed: int, times: int) -> int:
    """Change the table at random, some of it in transactions that come to nothing."""
    rng = random.Random(seed)
    for _ in range(times):
        with transaction.atomic():
            row = Plain.objects.create(phash=PerceptualHash(rng.getrandbits(64)))
            if rng.random() < 0.3:
                Plain.objects.filter(pk=row.pk - rng.randrange(5)).delete()
            if rng.random() < 0.3:
                Plain.objects.similar_to(row, max_distance=20).first()
            transaction.set_rollback(rng.random() < 0.2)
        index()
    return times


VERBS: dict[str, Any] = {
    verb.__name__: verb
    for verb in (find, add, change, delete, index, scribble, stress, write_without_end)
}


class Command(BaseCommand):
    help = "Do what standard input says, for the tests of several processes."

    def handle(self, **_: Any) -> None:
        for line in sys.stdin:
            verb, *arguments = json.loads(line)
            self.stdout.write(json.dumps(VERBS[verb](*arguments)))
            self.stdout.flush()
