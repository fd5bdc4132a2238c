"""Two more processes on the same database: what one commits, the others find at once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from hashing.perceptual_hash import PerceptualHash
from tests.testapp.models import Plain

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]


class Process:
    """A running `manage.py second_process`."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "second_process"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, verb: str, *arguments: Any) -> None:
        self.process.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        return json.loads(self.process.stdout.readline())

    def ask(self, verb: str, *arguments: Any) -> Any:
        self.tell(verb, *arguments)
        return self.answer()

    def end(self) -> None:
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0
        self.process.stdout.close()


def database_url() -> str:
    """Return where the test database is, as DATABASE_URL names it."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    user = f"{place['USER']}:{place['PASSWORD']}".rstrip(":")
    return f"postgres://{user}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


@pytest.fixture
def processes() -> Iterator[tuple[Process, Process]]:
    both = Process(), Process()
    yield both
    for process in both:
        process.end()


def found_here(hash_: PerceptualHash) -> list[int]:
    return [row.pk for row in Plain.objects.similar_to(hash_, max_distance=2)]


def test_committed_row_is_found_by_the_next_query_of_every_process(
    processes: tuple[Process, Process],
) -> None:
    writer, reader = processes
    for number in range(25):
        hash_ = PerceptualHash(number << 40 | 0xFFFF << 20)
        moved = PerceptualHash(number << 8 | 0xFFFF << 48)
        before = found_here(hash_)
        pk = writer.ask("add", hash_.hex)
        for found in (found_here(hash_), reader.ask("find", hash_.hex, 2)):
            assert pk in found
            assert set(before) <= set(found)
        writer.ask("change", pk, moved.hex)
        assert pk not in found_here(hash_) + reader.ask("find", hash_.hex, 2)
        assert pk in found_here(moved)
        assert pk in reader.ask("find", moved.hex, 2)
        if number % 2:
            writer.ask("delete", pk)
            assert pk not in found_here(moved) + reader.ask("find", moved.hex, 2)
        writer, reader = reader, writer


def test_row_that_was_changed_here_is_found_there(processes: tuple[Process, Process]) -> None:
    hash_ = PerceptualHash(2**63)
    row = Plain.objects.create(phash=hash_)
    assert [process.ask("find", hash_.hex, 0) for process in processes] == [[row.pk]] * 2
    row.delete()
    assert [process.ask("find", hash_.hex, 0) for process in processes] == [[]] * 2


def test_processes_that_write_at_once_all_know_the_same_in_the_end(
    processes: tuple[Process, Process],
) -> None:
    for seed, process in enumerate(processes):
        process.tell("scribble", seed, 60)
    rows = Plain.objects.order_by("pk").values_list("pk", "phash")
    for _ in range(40):
        Plain.objects.hamming_index()  # what is read while they are at it must not mislead later
    for process in processes:
        assert process.answer() == 60
    truth = {pk: hash_.value for pk, hash_ in rows}
    assert len(truth) > 40
    keys, hashes = Plain.objects.hamming_index().entries
    assert dict(zip(keys.tolist(), hashes.tolist(), strict=True)) == truth
    for process in processes:
        assert {int(pk): value for pk, value in process.ask("index").items()} == truth
