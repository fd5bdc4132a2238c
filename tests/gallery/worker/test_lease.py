"""The lease: one holder at a time, whatever became of the last one."""

from datetime import timedelta

from django.db.models.functions import Now

from gallery.models import WorkerLease
from gallery.worker.lease import Lease, leader
from tests.many_at_once import all_at_once

SERVER, SERVICE = WorkerLease.Role.SERVER, WorkerLease.Role.SERVICE


def expire() -> None:
    WorkerLease.objects.update(expires_at=Now() - timedelta(seconds=1))


def test_one_process_has_it_at_a_time(db: None) -> None:
    assert leader() is None
    first = Lease.acquire(SERVER)
    assert first is not None
    assert Lease.acquire(SERVER) is None
    assert leader() is not None
    assert first.renew()
    first.release()
    assert leader() is None
    assert Lease.acquire(SERVER) is not None


def test_it_expires_unless_it_is_renewed(db: None) -> None:
    first = Lease.acquire(SERVER)
    assert first is not None
    expire()
    assert leader() is None
    assert first.renew()  # nobody has taken it in between
    assert Lease.acquire(SERVER) is None
    expire()
    second = Lease.acquire(SERVER)
    assert second is not None
    assert not first.renew()
    first.release()  # has no effect any more
    assert second.renew()


def test_a_service_takes_it_from_a_server_but_not_from_another_service(db: None) -> None:
    server = Lease.acquire(SERVER)
    service = Lease.acquire(SERVICE)
    assert server is not None
    assert service is not None
    assert not server.renew()
    assert Lease.acquire(SERVER) is None
    assert Lease.acquire(SERVICE) is None
    row = leader()
    assert row is not None
    assert (row.role, str(row).split()[0]) == (SERVICE, "service")


def test_of_many_one_gets_it(transactional_db: None) -> None:
    leases = all_at_once(*[lambda: Lease.acquire(SERVER)] * 8)
    assert sum(isinstance(lease, Lease) for lease in leases) == 1
    assert leases.count(None) == 7
    assert WorkerLease.objects.count() == 1
