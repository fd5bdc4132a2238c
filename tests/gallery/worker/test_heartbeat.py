"""The heartbeat keeps a lease while its holder is busy, and notices when it is lost."""

from threading import Event

import pytest
from django.db import OperationalError

from gallery.models import WorkerLease
from gallery.worker import heartbeat
from gallery.worker.heartbeat import Heartbeat
from gallery.worker.lease import Lease

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "RENEWAL_SECONDS", 0.01)


@pytest.fixture
def lease() -> Lease:
    lease = Lease.acquire(WorkerLease.Role.SERVER)
    assert lease is not None
    return lease


def test_a_lease_is_renewed_while_the_block_runs(
    lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed, often = [], Event()

    def renew(self: Lease) -> bool:
        renewed.append(self)
        if len(renewed) == 5:
            often.set()
        return True

    monkeypatch.setattr(Lease, "renew", renew)
    lost = Event()
    with Heartbeat(lease, lost):
        assert often.wait(30)
    count = len(renewed)
    assert not lost.wait(0.1)
    assert len(renewed) == count


def test_a_lease_that_another_has_taken_is_lost(lease: Lease) -> None:
    lost = Event()
    with Heartbeat(lease, lost):
        assert Lease.acquire(WorkerLease.Role.SERVICE)
        assert lost.wait(30)


def test_a_database_that_does_not_answer_loses_no_lease(
    lease: Lease, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers, again = [OperationalError("locked"), True], Event()

    def renew(_: Lease) -> bool:
        if not answers:
            again.set()
            return True
        if isinstance(answer := answers.pop(0), Exception):
            raise answer
        return answer

    monkeypatch.setattr(Lease, "renew", renew)
    lost = Event()
    with Heartbeat(lease, lost):
        assert again.wait(30)
    assert not lost.is_set()
    assert "Cannot renew" in caplog.text
