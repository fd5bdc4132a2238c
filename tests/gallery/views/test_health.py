"""/healthz and /readyz: what they say, and what they cost."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from gallery.matching import follower
from gallery.models import Image, WorkerLease
from gallery.worker.lease import Lease
from hashing.index import process_index as index_module
from hashing.index.process_index import LiveIndex, index_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(index_module, "_indexes", {})
    return


def test_healthz_asks_no_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_readyz_loads_the_index_and_then_says_how_far_it_was_behind(client: Client) -> None:
    index = index_of(Image._meta.get_field("phash"), "default")
    ready: dict[str, Any] = {
        "status": "ready",
        "database": "answers",
        "index": {"state": "loaded", "behind": 0},
        "worker": {"leader": None, "behind": False},
    }
    follower.finish()
    assert client.get("/readyz").json() == ready
    assert index.state is not None
    assert client.get("/readyz").json() == ready
    Image.objects.bulk_create([Image(phash="0" * 16), Image(phash="1" * 16), Image()])
    ready["index"]["behind"], ready["worker"]["behind"] = 3, True
    assert client.get("/readyz").json() == ready
    assert len(index.state.index) == 2
    ready["index"]["behind"] = 0
    assert client.get("/readyz").json() == ready


def test_readyz_says_who_works_in_the_background(client: Client) -> None:
    assert Lease.acquire(WorkerLease.Role.SERVICE)
    assert client.get("/readyz").json()["worker"]["leader"] == "service"


def test_readyz_is_cheap(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/readyz")
    with django_assert_num_queries(5):  # one for each framing, two about the worker
        client.get("/readyz")


def test_readyz_does_not_wait_for_who_loads(client: Client) -> None:
    index = index_of(Image._meta.get_field("phash"), "default")
    with index._loading:
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["index"] == {"state": "loading", "behind": None}


def test_readyz_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("password of user postgres at 10.0.0.5 is wrong")

    monkeypatch.setattr(LiveIndex, "behind", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "does not answer"}


@override_settings(SECURE_SSL_REDIRECT=True)
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_speak_plain_http(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
    assert client.get("/")["Location"].startswith("https://")
