"""
Three workers of gunicorn: what one stores the others find at once, what one trashes none finds.

STRESS_UPLOADS sets how many pictures are uploaded.
"""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from hashing.fingerprints.fingerprint import fingerprint
from tests.pictures import upload
from tests.servers import Connection, free_port, gunicorn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WORKERS = 3
UPLOADS = int(os.environ.get("STRESS_UPLOADS", "20"))


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    with gunicorn(port, tmp_path / "media", WORKERS):
        yield port


@pytest.fixture
def workers(port: int, client: Client, ann: User) -> Iterator[list[Connection]]:
    """One connection to each of the workers, of someone who is logged in."""
    client.force_login(ann)
    client.get("/upload/")
    token = client.cookies["csrftoken"].value
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    workers: dict[str, Connection] = {}
    end = time.monotonic() + 30
    while len(workers) < WORKERS:
        assert time.monotonic() < end, f"Only {len(workers)} workers answer."
        worker = Connection(port, cookie, token)
        if workers.setdefault(worker.process, worker) is not worker:
            worker.connection.close()
    yield list(workers.values())
    for worker in workers.values():
        worker.connection.close()


def test_what_one_worker_stores_the_others_find_at_once(workers: list[Connection]) -> None:
    turns = cycle(range(WORKERS))
    asked = wrong = 0
    for seed in range(UPLOADS):
        first = next(turns)
        one, *others = workers[first:] + workers[:first]
        hash_ = str(fingerprint(upload(seed), ["phash"]).hashes["phash"])
        id = one.upload(seed)
        found = [other.finds(hash_, id) for other in others]
        others[0].ask("POST", f"/i/{id}/trash/")
        still = [worker.finds(hash_, id) for worker in workers]
        asked += len(found) + len(still)
        wrong += found.count(False) + still.count(True)
    print(f"{UPLOADS} uploads, {asked} questions, {wrong} wrong answers")
    assert wrong == 0
