"""
Does background work hold up pages, uploads and decisions?

    python benchmarks/background.py [--n 10000] [--backlog 3000] [--repeats 40] [--json]

A temporary gallery on SQLite, in which a fifth as many clusters are already found, is served by
gunicorn with two processes. The same requests are sent one after another, first with nothing to do
in the background, then while a worker compares `backlog` imported pictures. Times are clock times
in milliseconds, so the machine has to be quiet.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from noisy_photos import noisy_photo

ROOT = Path(__file__).parent.parent
# Width and height of the pictures that are uploaded, in pixels.
MEGAPIXEL = (1200, 900)
BOUNDARY = "a-line-that-is-in-no-picture"
# Requests of each kind that are not measured, so that every process has loaded its indexes.
WARM_UP = 4
DUPLICATES = "/admin/gallery/image/duplicates/"
Timed = dict[str, list[float]]


class Client:
    """A superuser's connection to the server."""

    def __init__(self, port: int, session: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        token = "a" * 32
        self._headers = {
            "Accept": "application/json",
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
        }

    def ask(self, method: str, address: str, body: bytes = b"", kind: str = "text/plain") -> bytes:
        headers = {**self._headers, "Content-Type": kind}
        if method == "GET":
            headers["Accept"] = "text/html"
        self._connection.request(method, address, body or None, headers)
        response = self._connection.getresponse()
        content = response.read()
        assert response.status < 400, (address, response.status, content[:300])
        return content

    def upload(self, data: bytes) -> None:
        head = (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            'name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer = self.ask("POST", "/upload/", body, f"multipart/form-data; boundary={BOUNDARY}")
        assert b'"stored"' in answer, answer[:300]

    def decide(self, keys: list[int]) -> None:
        body = "&".join(f"choice-{key}=related" for key in keys).encode()
        answer = self.ask("POST", DUPLICATES, body, "application/x-www-form-urlencoded")
        assert json.loads(answer)["decision"], answer[:300]


@contextmanager
def served(worker: str) -> Iterator[int]:
    """Serve the gallery, with a worker or without, and yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--log-level", "error"]
    environment = {**os.environ, "WORKER": worker}
    server = subprocess.Popen([*command, "--no-control-socket"], cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    while True:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", port)).close()
        time.sleep(0.1)


def clusters(count: int) -> list[list[int]]:
    """Return the keys of the pictures of undecided clusters, by cluster."""
    from gallery.clusters import VisibleClusters

    return [cluster.keys for cluster in VisibleClusters(None).first(count)]


def imported(count: int) -> None:
    """Add copies of stored pictures behind the back of the server, as an import does."""
    from gallery.models import Image

    newest = Image.objects.order_by("-pk").values_list("pk", flat=True)[:1].get()
    copies = list(Image.objects.filter(trashed_at=None).order_by("-pk")[:count])
    for number, image in enumerate(copies):
        image.pk, image.public_id = None, Image._meta.get_field("public_id").get_default()
        image.sha256 = image.content_digest = f"px1:new-{newest}-{number}"
    Image.objects.bulk_create(copies, batch_size=500)


def requests(client: Client, first: int, count: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield `count` requests of each kind, in turns; `first` is the seed of the first upload."""
    from gallery.models import Image

    picture = Image.objects.filter(trashed_at=None, visibility="public").earliest("pk")
    address = picture.get_absolute_url()
    for number, keys in enumerate(clusters(count)):
        data = noisy_photo(first + number, MEGAPIXEL)
        yield "grid", partial(client.ask, "GET", "/")
        yield "picture", partial(client.ask, "GET", address)
        yield "duplicates", partial(client.ask, "GET", DUPLICATES)
        yield "upload", partial(client.upload, data)
        yield "decision", partial(client.decide, keys)


def timed(port: int, session: str, first: int, count: int) -> Timed:
    """Return how long each request takes, in milliseconds, by its kind."""
    client = Client(port, session)
    times: Timed = {}
    for kind, request in requests(client, first, count):
        start = time.perf_counter()
        request()
        times.setdefault(kind, []).append(1000 * (time.perf_counter() - start))
    return times


def summary(times: Timed) -> dict[str, dict[str, float]]:
    return {
        kind: {
            "median": round(statistics.median(some), 1),
            "p95": round(statistics.quantiles(some, n=20)[-1], 1),
        }
        for kind, some in times.items()
    }


def gallery(count: int) -> str:
    """Fill the gallery, and return the session of a superuser who is logged in."""
    from django.contrib.auth.models import User
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.test import Client as TestClient
    from pages_gallery import fill

    from gallery import matching

    call_command("migrate", verbosity=0)
    fill(count)
    matching.finish()
    # All pictures share this file, which the worker reads for each of them.
    Path(default_storage.path("originals/any.jpg")).write_bytes(noisy_photo(0, MEGAPIXEL))
    visitor = TestClient()
    visitor.force_login(User.objects.get(username="root"))
    return str(visitor.cookies["sessionid"].value)


def run(count: int, backlog: int, repeats: int) -> dict[str, Any]:
    from gallery import matching, worker

    session = gallery(count)
    with served("off") as port:
        timed(port, session, 1, WARM_UP)
        quiet = timed(port, session, 1000, repeats)
    matching.finish()
    with served("server") as port:
        while worker.leader() is None:
            time.sleep(0.1)
        timed(port, session, 2000, WARM_UP)
        imported(backlog)
        waiting, start = matching.count_waiting(), time.perf_counter()
        busy = timed(port, session, 3000, repeats)
        left, seconds = matching.count_waiting(), time.perf_counter() - start
        while matching.is_behind():
            time.sleep(0.2)
        drained = time.perf_counter() - start
    return {
        **{"n": count, "backlog": waiting, "left": left},
        **{"requests_s": round(seconds, 1), "compared_s": round(drained, 1)},
        **{"quiet_ms": summary(quiet), "busy_ms": summary(busy)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--n", type=int, default=10_000, help="pictures in the gallery")
    parser.add_argument("--backlog", type=int, default=3000, help="pictures to compare")
    parser.add_argument("--repeats", type=int, default=40, help="requests of each kind")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/background.sqlite3",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
        }
        import django

        django.setup()
        result = run(options.n, options.backlog, options.repeats)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['n']} pictures; {result['backlog']} more compared in {result['compared_s']} s,")
    print(f"{result['left']} of them after the requests, which took {result['requests_s']} s")
    for kind, quiet in result["quiet_ms"].items():
        busy = result["busy_ms"][kind]
        print(f"  {kind:<12} median {quiet['median']:>7.1f} → {busy['median']:>7.1f} ms", end="")
        print(f"   95 % within {quiet['p95']:>7.1f} → {busy['p95']:>7.1f} ms")


if __name__ == "__main__":
    main()
