"""
Three workers of gunicorn: what one stores the others find at once, what one trashes none finds.

STRESS_UPLOADS sets how many pictures are uploaded.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import cycle
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from hashing.fingerprints.fingerprint import fingerprint
from tests.hashing.processes import ROOT, environment
from tests.pictures import upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WORKERS = 3
UPLOADS = int(os.environ.get("STRESS_UPLOADS", "20"))
BOUNDARY = "a-line-that-is-in-no-picture"


class Worker:
    """A connection that stays open, and so with one worker."""

    def __init__(self, port: int, cookie: str = "", token: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Accept": "application/json", "Cookie": cookie, "X-CSRFToken": token}
        self.process = self.ask("GET", "/healthz")["process"]

    def ask(
        self, method: str, address: str, body: bytes = b"", kind: str = "text/plain"
    ) -> dict[str, Any]:
        headers = {**self.headers, "Content-Type": kind}
        self.connection.request(method, address, body or None, headers)
        response = self.connection.getresponse()
        content = response.read()
        assert response.status < 400, (response.status, content[:500])
        is_json = response.headers.get_content_type() == "application/json"
        answer = json.loads(content) if is_json else {}
        return {"process": response.headers["X-Process"], **answer}

    def upload(self, seed: int) -> str:
        """Upload a picture and return its id."""
        head = (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{seed}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        body = head.encode() + upload(seed).read() + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer = self.ask("POST", "/upload/", body, f"multipart/form-data; boundary={BOUNDARY}")
        (result,) = answer["results"]
        assert result["status"] == "stored", result
        return result["id"]

    def finds(self, hash_: str, id: str) -> bool:
        answer = self.ask("GET", f"/search/?hash={hash_}&max_distance=0")
        return id in [result["id"] for result in answer["results"]]


@pytest.fixture
def port(tmp_path: Any) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "tests.worker_wsgi"]
    options = ["--workers", WORKERS, "--threads", 4, "--bind", f"127.0.0.1:{port}"]
    options += ["--keep-alive", 60, "--log-level", "error", "--no-control-socket"]
    server = subprocess.Popen(
        [*command, *map(str, options)],
        cwd=ROOT,
        env=environment(MEDIA_ROOT=str(tmp_path / "media")),
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < end, "gunicorn does not answer"
            time.sleep(0.1)


@pytest.fixture
def workers(port: int, client: Client, ann: User) -> Iterator[list[Worker]]:
    """One connection to each of the workers, of someone who is logged in."""
    client.force_login(ann)
    client.get("/upload/")
    token = client.cookies["csrftoken"].value
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    workers: dict[str, Worker] = {}
    end = time.monotonic() + 30
    while len(workers) < WORKERS:
        assert time.monotonic() < end, f"Only {len(workers)} workers answer."
        worker = Worker(port, cookie, token)
        if workers.setdefault(worker.process, worker) is not worker:
            worker.connection.close()
    yield list(workers.values())
    for worker in workers.values():
        worker.connection.close()


def test_what_one_worker_stores_the_others_find_at_once(workers: list[Worker]) -> None:
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
