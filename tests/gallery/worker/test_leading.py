"""A leader works until it is told to stop, or until it loses its lease or its server."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest

from gallery.models import WorkerLease
from gallery.worker import heartbeat, leading
from gallery.worker.lease import Lease, leader

pytestmark = pytest.mark.django_db(transaction=True)

SERVER, SERVICE = WorkerLease.Role.SERVER, WorkerLease.Role.SERVICE


class Rounds:
    """Rounds that do `act` once and then wait to be over."""

    act: Callable[[], None]
    over = 0

    def __init__(self, tasks: object) -> None:
        pass

    def run(self, is_over: Callable[[], bool]) -> None:
        Rounds.act()
        for _ in range(3000):
            if is_over():
                Rounds.over += 1
                return
            Event().wait(0.01)
        pytest.fail("It was never over.")


@pytest.fixture(autouse=True)
def _rounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(leading, "Rounds", Rounds)
    monkeypatch.setattr(Rounds, "over", 0)
    monkeypatch.setattr(heartbeat, "RENEWAL_SECONDS", 0.01)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Standard input as a server leaves it; yields the end that the server holds."""
    reading, writing = os.pipe()

    class Input:
        @staticmethod
        def fileno() -> int:
            return reading

    monkeypatch.setattr(sys, "stdin", Input)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    yield writing
    os.close(reading)


def act(monkeypatch: pytest.MonkeyPatch, what: Callable[[], Any]) -> None:
    monkeypatch.setattr(Rounds, "act", what, raising=False)


def acquired(role: WorkerLease.Role) -> Lease:
    lease = Lease.acquire(role)
    assert lease is not None
    return lease


def test_a_signal_ends_a_service_and_gives_up_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = []

    def look() -> None:
        row = leader()
        assert row is not None
        roles.append(row.role)
        os.kill(os.getpid(), signal.SIGTERM)

    act(monkeypatch, look)
    leading.serve()
    assert roles == [SERVICE]
    assert leader() is None


def test_a_closed_pipe_ends_the_worker_of_a_server(
    monkeypatch: pytest.MonkeyPatch, pipe: int
) -> None:
    lease = acquired(SERVER)
    act(monkeypatch, lambda: os.close(pipe))
    leading.work_for_server(lease.token)
    assert Rounds.over == 1
    assert leader() is None


def test_a_service_ends_the_worker_of_a_server(monkeypatch: pytest.MonkeyPatch, pipe: int) -> None:
    lease = acquired(SERVER)
    act(monkeypatch, lambda: acquired(SERVICE))
    leading.work_for_server(lease.token)
    assert Rounds.over == 1
    row = leader()
    assert row is not None
    assert row.role == SERVICE
    os.close(pipe)


def test_an_error_gives_up_the_lease(monkeypatch: pytest.MonkeyPatch, pipe: int) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    act(monkeypatch, fail)
    with pytest.raises(ZeroDivisionError):
        leading.work_for_server(acquired(SERVER).token)
    assert leader() is None
    os.close(pipe)
