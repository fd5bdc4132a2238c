"""
Another process with the same database, that does what it is told.

Reads one JSON list a line, [verb, arguments…], and answers with one line of JSON. Its index stays
warm between questions, as a worker's does.
"""

import json
import random
import sys
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402 (models need the set-up above)

from hashing.perceptual_hash import PerceptualHash  # noqa: E402
from tests.testapp.models import Plain  # noqa: E402


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
    verb.__name__: verb for verb in (find, add, change, delete, index, scribble)
}

for line in sys.stdin:
    verb, *arguments = json.loads(line)
    print(json.dumps(VERBS[verb](*arguments)), flush=True)
