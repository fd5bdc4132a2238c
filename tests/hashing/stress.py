"""
What one of many processes does at once with the others: changes of all kinds, and probes.

A probe reads the table, asks the index, and reads the table again. What both readings agree on was
so when the index was asked: what is not in the answer was missed, what should not be is stale.
"""

import random
import time
from collections import Counter
from typing import Any

import numpy as np
from django.db import connection, transaction

from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.change_log import Cursor, changes_since
from hashing.models import HashChange
from tests.testapp.models import Plain

TABLE = Plain._meta.db_table
ROWS = 60  # of each writer, about


def stress(number: int, probes: int) -> dict[str, Any]:
    """Change the table and probe the index by turns, until so many probes are made."""
    writer, reader = Writer(number), Reader()
    while reader.probes < probes:
        writer.change()
        for _ in range(2):
            reader.probe()
        if reader.probes % 10 == 0:
            reader.ask()
    return reader.told()


def write_without_end(number: int) -> None:
    """Change the table until somebody puts an end to it."""
    writer = Writer(number)
    while True:
        writer.change()


class Writer:
    """Someone who changes rows of his own in every way there is, and single ones of others."""

    def __init__(self, number: int) -> None:
        self.name = f"writer {number}"
        self.rng = random.Random(number)
        self.ways = [
            *(self.insert, self.update, self.save, self.delete, self.touch_another),
            *(self.bulk_create, self.bulk_update, self.insert_by_sql, self.update_by_sql),
            *(self.delete_by_sql, self.commit_late, self.roll_back, self.roll_back_partly),
        ]

    def change(self) -> None:
        if self.rows().count() > ROWS:
            self.rows().filter(pk__in=self.some(ROWS // 2)).delete()
        self.rng.choice(self.ways)()

    def rows(self) -> Any:
        return Plain.objects.filter(name=self.name)

    def some(self, most: int) -> list[int]:
        keys = list(self.rows().values_list("pk", flat=True))
        return self.rng.sample(keys, min(len(keys), self.rng.randint(1, most)))

    def hash(self) -> PerceptualHash:
        return PerceptualHash(self.rng.getrandbits(64))

    def insert(self) -> None:
        Plain.objects.create(name=self.name, phash=self.hash())

    def update(self) -> None:
        self.rows().filter(pk__in=self.some(5)).update(phash=self.hash())

    def save(self) -> None:
        for row in self.rows().filter(pk__in=self.some(2)):
            row.phash = self.rng.choice([self.hash(), None])
            row.save()

    def delete(self) -> None:
        self.rows().filter(pk__in=self.some(3)).delete()

    def touch_another(self) -> None:
        keys = list(Plain.objects.values_list("pk", flat=True))
        Plain.objects.filter(pk__in=keys and [self.rng.choice(keys)]).update(phash=self.hash())

    def bulk_create(self) -> None:
        count = self.rng.randint(1, 20)
        rows = [Plain(name=self.name, phash=self.hash()) for _ in range(count)]
        Plain.objects.bulk_create(rows)

    def bulk_update(self) -> None:
        with transaction.atomic():
            rows = list(self.rows().filter(pk__in=self.some(10)))
            for row in rows:
                row.phash = self.hash()
            Plain.objects.bulk_update(rows, ["phash"])

    def insert_by_sql(self) -> None:
        self._sql(f"INSERT INTO {TABLE} (name, file, phash) VALUES (%s, '', %s)", self.hash())

    def update_by_sql(self) -> None:
        for key in self.some(1):
            self._sql(f"UPDATE {TABLE} SET phash = phash / 3 WHERE name = %s AND id = {key}")

    def delete_by_sql(self) -> None:
        for key in self.some(1):
            self._sql(f"DELETE FROM {TABLE} WHERE name = %s AND id = {key}")

    def _sql(self, statement: str, *hashes: PerceptualHash) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.name, *(hash_.signed for hash_ in hashes)])

    def commit_late(self) -> None:
        with transaction.atomic():
            self.rng.choice([self.insert, self.bulk_create, self.delete, self.update])()
            self._look_inside()
            time.sleep(self.rng.random() * 0.02)

    def roll_back(self) -> None:
        with transaction.atomic():
            self.rng.choice([self.insert, self.bulk_create, self.delete, self.update])()
            self._look_inside()
            transaction.set_rollback(True)

    def roll_back_partly(self) -> None:
        with transaction.atomic():
            self.insert()
            with transaction.atomic():
                self.rng.choice([self.bulk_create, self.delete, self.update])()
                transaction.set_rollback(True)
            self._look_inside()
            self.update_by_sql()

    def _look_inside(self) -> None:
        reader = Reader()
        reader.probe()
        assert reader.told()["missed"] == reader.told()["stale"] == 0, "inside a transaction"


class Reader:
    """Someone who asks the index and knows better."""

    def __init__(self) -> None:
        self.probes = self.missed = self.stale = 0
        self.seconds: list[float] = []

    def probe(self) -> None:
        begin = changes_since(Plain, None).cursor
        before = table()
        start = time.perf_counter()
        index = Plain.objects.hamming_index()
        self.seconds.append(time.perf_counter() - start)
        after = table()
        keys, hashes = index.entries
        held = set(zip(keys.tolist(), hashes.tolist(), strict=True))
        self.probes += 1
        self.missed += bool((before.items() & after.items()) - held)
        wrong = {key for key, _ in held - before.items() - after.items()}
        # A value that neither reading saw came and went between them: two changes, not one.
        self.stale += bool(wrong and wrong - changed_twice(begin))

    def ask(self) -> None:
        """Ask for one row as everybody does: it is found, unless it has changed since."""
        before = table()
        for key, value in list(before.items())[:1]:
            found = {row.pk for row in Plain.objects.similar_to(PerceptualHash(value))}
            self.missed += key not in found and table().get(key) == value

    def told(self) -> dict[str, Any]:
        milliseconds = np.array(self.seconds) * 1000
        return {
            "probes": self.probes,
            "missed": self.missed,
            "stale": self.stale,
            "median_ms": float(np.median(milliseconds)),
            "p95_ms": float(np.percentile(milliseconds, 95)),
        }


def changed_twice(begin: Cursor | None) -> set[int]:
    """Return the keys of changes that were committed since `begin`, if they have two or more."""
    since = HashChange.objects.filter(seq__gt=begin.seq if begin else 0, table_name=TABLE)
    times = Counter(since.values_list("key", flat=True))
    return {key for key, count in times.items() if count > 1}


def table() -> dict[int, int]:
    rows = Plain.objects.filter(phash__isnull=False).values_list("pk", "phash")
    return {pk: hash_.value for pk, hash_ in rows}
