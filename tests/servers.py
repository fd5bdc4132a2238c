"""Web servers and services as processes of their own, on the database of the test."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.hashing.processes import ROOT, environment
from tests.pictures import upload

BOUNDARY = "a-line-that-is-in-no-picture"
# Seconds that a slow machine may need for what takes a moment.
PATIENCE = 90


def until(condition: Callable[[], Any], what: str = "") -> Any:
    """Return what `condition` returns as soon as it is true; fail after a long time."""
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < end, f"In vain: {what}"
        time.sleep(0.05)
    return result


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


@contextmanager
def running(*arguments: Any, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with these arguments; end it afterwards, and all that it has started."""
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=environment(**variables),
        start_new_session=True,
        # A shell lets what it starts in the background ignore Ctrl+C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, wait for it, and for the processes of its session."""
    process.terminate()
    process.wait(timeout=PATIENCE)
    until(lambda: not session(process.pid), f"the end of {session(process.pid)}")


@contextmanager
def gunicorn(
    port: int, media: Path, workers: int, *options: Any, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the site with gunicorn; `WORKER=server` in `variables` lets it work in background."""
    command = ["-m", "gunicorn", "tests.worker_wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", workers, "--threads", 4, "--keep-alive", 60]
    command += ["--log-level", "error", "--no-control-socket", *options]
    with running(*command, MEDIA_ROOT=str(media), **variables) as process:
        until(lambda: is_listening(port), "an answer of gunicorn")
        yield process


def session(leader: int) -> dict[int, str]:
    """Return the command lines of the processes of a session by their numbers."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            state, _, _, number = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(number) == leader and state != "Z":
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = command.decode()
    return found


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    """Return the numbers of the processes that work in the background for a server."""
    return [pid for pid, command in session(server.pid).items() if " compare " in command]


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process so that it can do nothing about it."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=PATIENCE)


class Connection:
    """A connection of somebody who is logged in; it stays open, and so with one process."""

    def __init__(self, port: int, cookie: str = "", token: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Accept": "application/json", "Cookie": cookie, "X-CSRFToken": token}
        self.process = self.ask("GET", "/healthz")["process"]

    def request(
        self, method: str, address: str, body: bytes = b"", kind: str = "text/plain"
    ) -> tuple[str, bytes, str]:
        """Return the type and content of the answer, and the process that gave it."""
        headers = {**self.headers, "Content-Type": kind}
        self.connection.request(method, address, body or None, headers)
        response = self.connection.getresponse()
        content = response.read()
        assert response.status < 400, (response.status, content[:500])
        return response.headers.get_content_type(), content, response.headers["X-Process"]

    def ask(self, method: str, address: str, *body: Any) -> dict[str, Any]:
        kind, content, process = self.request(method, address, *body)
        answer = json.loads(content) if kind == "application/json" else {}
        return {"process": process, **answer}

    def upload(self, seed: int, **options: Any) -> str:
        """Upload a picture and return its id."""
        head = (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{seed}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        data = upload(seed, **options).read()
        body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer = self.ask("POST", "/upload/", body, f"multipart/form-data; boundary={BOUNDARY}")
        (result,) = answer["results"]
        assert result["status"] == "stored", result
        return str(result["id"])

    def finds(self, hash_: str, id: str) -> bool:
        answer = self.ask("GET", f"/search/?hash={hash_}&max_distance=0")
        return id in [result["id"] for result in answer["results"]]
