"""
Work in the background, by processes of their own: one leads, whatever happens to it.

Servers and services run on the database of the test; nobody runs a command to compare anything.
"""

import os
import signal
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.matching import follower
from gallery.models import Cluster, Image, Match, Provenance, WorkerLease
from gallery.worker.lease import leader
from tests.gallery.match_rows import add, picture, stored
from tests.servers import (
    Connection,
    end,
    free_port,
    gunicorn,
    kill,
    parent_of,
    running,
    session,
    until,
    workers_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SERVER, SERVICE = WorkerLease.Role.SERVER, WorkerLease.Role.SERVICE
FOLLOW = ("manage.py", "compare", "--follow")


def leads(role: str, pid: int | None = None) -> bool:
    """Whether a process in this role leads, and is the one with this number."""
    row = leader()
    return row is not None and row.role == role and pid in (None, row.pid)


def is_compared(family: int) -> None:
    """Add two copies of a picture, past everything, and wait until their cluster is stored."""
    start = time.monotonic()
    first, second = add([picture(family), picture(family, 1)])
    until(lambda: Match.objects.filter(first=first, second=second).exists(), "a match")
    until(lambda: Cluster.objects.filter(memberships__image=second).exists(), "a cluster")
    print(f"compared after {time.monotonic() - start:.1f} s")


def is_begun(server: object) -> int:
    """Wait until a server works in the background, and return the number of its worker."""
    worker = until(lambda: workers_of(server), "a worker")[0]
    until(lambda: leads(SERVER, worker), "the lease")
    return int(worker)


@pytest.mark.parametrize("preload", [[], ["--preload"]])
def test_an_upload_is_compared_and_listed(
    preload: list[str], tmp_path: Path, client: Client, reviewer: User
) -> None:
    client.force_login(reviewer)
    client.get("/upload/")
    cookies = {name: client.cookies[name].value for name in ("sessionid", "csrftoken")}
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    port = free_port()
    with gunicorn(port, tmp_path / "media", 2, *preload, WORKER="server") as server:
        worker = is_begun(server)
        assert workers_of(server) == [worker]
        # A process that answers requests has started it, not the one that only forks.
        assert parent_of(parent_of(worker)) == server.pid
        visitor = Connection(port, cookie, cookies["csrftoken"])
        ids = [visitor.upload(1, quality=quality) for quality in (90, 40)]
        listed = "/admin/gallery/image/duplicates/"
        until(lambda: all(id in visitor.request("GET", listed)[1].decode() for id in ids))
        until(lambda: Provenance.objects.filter(is_compared=True).count() == 2, "read files")
        is_compared(2)
        visitor.connection.close()
    assert leader() is None


def test_another_process_takes_over_when_one_is_killed(tmp_path: Path) -> None:
    with gunicorn(free_port(), tmp_path / "media", 2, WORKER="server") as server:
        worker = is_begun(server)
        is_compared(1)
        os.kill(worker, signal.SIGKILL)
        until(lambda: workers_of(server) not in ([], [worker]), "another worker")
        worker = is_begun(server)
        is_compared(2)
        # The pipe to a killed process of the server breaks, and its worker ends too.
        os.kill(parent_of(worker), signal.SIGKILL)
        until(lambda: worker not in session(server.pid), "the end of the worker")
        assert is_begun(server) != worker
        is_compared(3)
        # Neither can give up the lease if both are killed.
        worker = is_begun(server)
        parent = parent_of(worker)
        os.kill(worker, signal.SIGSTOP)
        os.kill(parent, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in session(server.pid), "the end of the worker")
        assert is_begun(server) != worker
        is_compared(4)


def test_a_service_takes_the_work_from_web_servers_and_leaves_it_to_them(tmp_path: Path) -> None:
    with gunicorn(free_port(), tmp_path / "media", 2, WORKER="server") as server:
        is_begun(server)
        with running(*FOLLOW) as service:
            until(lambda: leads(SERVICE, service.pid), "the service")
            until(lambda: not workers_of(server), "the end of the server's worker")
            is_compared(1)
            assert not workers_of(server)
            kill(service)
            is_begun(server)
            is_compared(2)


def test_of_two_services_one_leads(tmp_path: Path) -> None:
    with running(*FOLLOW) as first:
        until(lambda: leads(SERVICE, first.pid), "the first")
        with running(*FOLLOW) as second:
            is_compared(1)
            assert leads(SERVICE, first.pid)
            start = time.monotonic()
            kill(first)
            until(lambda: leads(SERVICE, second.pid), "the second")
            print(f"took over after {time.monotonic() - start:.1f} s")
            is_compared(2)
            end(second)
            assert second.returncode == 0
            assert leader() is None  # it has given up its lease


def test_nothing_works_in_the_background_if_it_is_off(tmp_path: Path) -> None:
    with gunicorn(free_port(), tmp_path / "media", 2, WORKER="off") as server:
        time.sleep(5)
        assert not workers_of(server)
        assert not WorkerLease.objects.exists()


@pytest.mark.parametrize("options", [[], ["--noreload"]])
def test_the_development_server_has_one_worker_and_takes_it_along(options: list[str]) -> None:
    command = ["manage.py", "runserver", str(free_port()), *options]
    with running(*command, WORKER="server") as server:
        worker = is_begun(server)
        is_compared(1)
        assert workers_of(server) == [worker]
        os.kill(parent_of(worker), signal.SIGINT)  # as Ctrl+C does, or a change of the code
        until(lambda: worker not in session(server.pid), "the end of the worker")
    assert leader() is None


def test_a_killed_comparison_is_resumed() -> None:
    add(picture(family, variant) for family in range(60) for variant in range(6))
    follower.compare_batch(1)  # begun, so that the command does not compare all in one join
    for _ in range(3):
        with running("manage.py", "compare") as command:
            count = Match.objects.count()
            until(lambda n=count: Match.objects.count() > n, "progress")
            kill(command)
    assert follower.is_behind()
    with running("manage.py", "compare") as command:
        assert command.wait(timeout=120) == 0
    assert not follower.is_behind()
    resumed = stored()
    Match.objects.all().delete()
    Cluster.objects.all().delete()
    follower.rebuild()
    assert resumed == stored()
    assert Image.objects.count() == 360
