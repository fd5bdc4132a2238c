"""The part of a web server: which of its processes starts a worker, and when."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from gallery.models import WorkerLease
from gallery.worker import server
from gallery.worker.lease import Lease, leader
from gallery.worker.server import INTERVAL, REST, _Server, _Worker

SERVER, SERVICE = WorkerLease.Role.SERVER, WorkerLease.Role.SERVICE
# A worker that ends when its standard input does, as the real one.
WAITING = "import sys; sys.stdin.read()"
STUBBORN = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.os, "register_at_fork", lambda **_: None)
    monkeypatch.setattr(server.atexit, "register", lambda _: None)


@pytest.fixture
def code() -> list[str]:
    """The program that workers run."""
    return [WAITING]


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, code: list[str]) -> Iterator[_Server]:
    """One process of a server."""

    def start(lease: Lease) -> _Worker:
        command = [sys.executable, "-c", code[0]]
        return _Worker(lease, subprocess.Popen(command, stdin=subprocess.PIPE))

    monkeypatch.setattr(_Worker, "start", start)
    process = _Server()
    yield process
    process.stop()


def test_nothing_starts_if_it_is_off(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    started = []
    monkeypatch.setattr(_Server, "start", lambda process: started.append(process))
    server.start_in_server()
    assert not started
    settings.GALLERY = {"WORKER": "server"}
    server.start_in_server()
    assert len(started) == 1


def test_one_of_two_processes_starts_a_worker(db: None, process: _Server) -> None:
    other = _Server()
    assert process._look() == other._look() == INTERVAL
    assert process.worker is not None
    assert other.worker is None
    process.stop()
    assert process.worker.process.returncode == 0


def test_a_service_is_left_alone(db: None, process: _Server) -> None:
    assert Lease.acquire(SERVICE)
    assert process._look() == INTERVAL
    assert process.worker is None


def test_a_worker_that_ends_is_replaced(
    db: None, process: _Server, code: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    process._look()
    first = process.worker
    assert first is not None
    first.process.kill()
    first.process.wait()
    # It had just begun, and the next one would perhaps end as soon.
    assert process._look() == REST
    assert "exit code -9" in caplog.text
    assert (process.worker, leader()) == (None, None)
    process._look()
    second = process.worker
    assert second is not None
    second.process.kill()
    second.process.wait()
    second.started_at -= 2 * server.STARTED
    assert process._look() == INTERVAL


def test_a_worker_that_lost_its_lease_is_not_missed(db: None, process: _Server) -> None:
    process._look()
    worker = process.worker
    assert worker is not None
    assert Lease.acquire(SERVICE)
    worker.disconnect()
    worker.process.wait()
    assert process._look() == INTERVAL
    row = leader()
    assert row is not None
    assert row.role == SERVICE


def test_a_stubborn_worker_is_killed(
    db: None, process: _Server, code: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "GRACE", 0.1)
    code[0] = STUBBORN
    process._look()
    process.stop()
    assert process.worker is not None
    assert process.worker.process.returncode == -9


def test_a_database_without_tables_is_asked_again_later(
    process: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise server.Error("no such table")

    monkeypatch.setattr(Lease, "acquire", refuse)
    monkeypatch.setattr(server.connection, "close", lambda: None)
    assert process._look() == REST


class TestFork:
    @pytest.fixture(autouse=True)
    def _slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "DELAY", 600)

    def test_of_a_server_that_loads_the_site_first_only_the_children_begin(
        self, process: _Server
    ) -> None:
        process.start()
        first = process.thread
        process._has_forked()
        assert first is not None
        first.join(30)
        assert not process.has_begun
        process._is_forked()  # what its child does
        assert process.thread is not None
        assert process.thread.is_alive()
        assert not process.stopping.is_set()

    def test_a_child_of_a_process_that_has_begun_does_not(self, process: _Server) -> None:
        process.start()
        process.has_begun = True
        first = process.thread
        process._has_forked()
        assert not process.stopping.is_set()
        process._is_forked()
        assert process.thread is first

    def test_such_a_child_does_not_keep_the_worker_alive(self, db: None, process: _Server) -> None:
        process._look()
        process.has_begun = True
        process._is_forked()
        assert process.worker is not None
        assert process.worker.process.stdin is not None
        assert process.worker.process.stdin.closed
