"""
Many processes change the table and ask at once: nothing is missed, nothing is stale.

STRESS_PROBES sets how many probes they make together: `STRESS_PROBES=10000 pytest -s` for the long
run, which also prints what a question cost.
"""

import os
import random
import time
from typing import Any

import pytest
from django.db import connection

from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.change_log import changes_since
from tests.hashing.processes import Process
from tests.hashing.stress import Reader, changed_twice
from tests.testapp.models import Plain

pytestmark = pytest.mark.django_db(transaction=True)

PROBES = int(os.environ.get("STRESS_PROBES", "240"))
PROCESSES = {"sqlite": 4, "postgresql": 6}


def probed(processes: list[Process]) -> dict[str, Any]:
    """Let all processes work at once, and return what they tell, taken together."""
    for number, process in enumerate(processes):
        process.tell("stress", number, PROBES // len(processes) + 1)
    told = [process.answer() for process in processes]
    for process in processes:
        process.end()
    sums = {name: sum(each[name] for each in told) for name in ("probes", "missed", "stale")}
    worst = {name: max(each[name] for each in told) for name in ("median_ms", "p95_ms")}
    print(f"{connection.vendor}, {len(processes)} processes: {sums | worst}")
    return sums


def test_one_change_does_not_excuse_a_value_that_no_reading_saw() -> None:
    row = Plain.objects.create(phash=PerceptualHash(1))
    begin = changes_since(Plain, None).cursor
    Plain.objects.update(phash=PerceptualHash(2))
    assert changed_twice(begin) == set()
    Plain.objects.update(phash=PerceptualHash(3))
    assert changed_twice(begin) == {row.pk}


@pytest.mark.slow
def test_many_writers_and_readers_at_once() -> None:
    told = probed([Process() for _ in range(PROCESSES[connection.vendor])])
    assert told["probes"] >= PROBES
    assert (told["missed"], told["stale"]) == (0, 0)


@pytest.mark.slow
def test_writers_that_are_killed_leave_the_truth_behind() -> None:
    rng = random.Random(0)
    readers = [Process() for _ in range(2)]
    for number, reader in enumerate(readers):
        reader.tell("stress", number, PROBES // len(readers) + 1)
    here = Reader()
    for number in range(10, 12 + PROBES // 1000):
        victim = Process()
        assert victim.ask("index") is not None  # it has started
        victim.tell("write_without_end", number)
        end = time.monotonic() + 0.2 + rng.random()
        while time.monotonic() < end:
            here.probe()
        victim.kill()
        here.probe()
    told = [reader.answer() for reader in readers] + [here.told()]
    for reader in readers:
        reader.end()
    print(f"{connection.vendor}, killed writers: {told}")
    assert [(each["missed"], each["stale"]) for each in told] == [(0, 0)] * 3
