"""No more than so many requests within a minute, of everyone, over all processes."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory

from gallery.web.rate_limit import limited_client, seconds_to_wait


class TestSecondsToWait:
    def test_so_many_and_no_more(self) -> None:
        assert [seconds_to_wait("ann", 3) for _ in range(3)] == [0, 0, 0]
        assert 0 < seconds_to_wait("ann", 3) <= 60
        assert seconds_to_wait("bob", 3) == 0

    def test_none_is_no_limit(self) -> None:
        assert [seconds_to_wait("ann", 0) for _ in range(50)] == [0] * 50

    def test_no_minute_holds_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        moment = time.time()
        monkeypatch.setattr("time.time", lambda: moment)
        allowed = []
        for _ in range(400):  # a request a second, of which ten are allowed in each minute
            moment += 1
            if seconds_to_wait("ann", 10) == 0:
                allowed.append(moment)
        for start in allowed:
            assert sum(start <= other < start + 60 for other in allowed) <= 10
        assert len(allowed) >= 60

    def test_tells_when_the_next_is_allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        moment = time.time()
        monkeypatch.setattr("time.time", lambda: moment)
        seconds_to_wait("ann", 2)
        moment += 20
        seconds_to_wait("ann", 2)
        seconds = seconds_to_wait("ann", 2)
        assert seconds in (40, 41)  # the clock has fractions
        moment += seconds
        assert seconds_to_wait("ann", 2) == 0
        assert seconds_to_wait("ann", 2) in (19, 20)

    def test_cache_that_fails_stops_nobody(
        self, settings: Any, caplog: pytest.LogCaptureFixture, db: None
    ) -> None:
        backend = "django.core.cache.backends.db.DatabaseCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": 'no"such"table'}}
        assert seconds_to_wait("ann", 1) == 0
        assert "requests are not counted" in caplog.text


@pytest.fixture
def database_cache(transactional_db: None, settings: Any) -> Iterator[None]:
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "counted_in_a_test"}}
    call_command("createcachetable", verbosity=0)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counted_in_a_test")


def test_exact_in_a_database_with_many_at_once(database_cache: None) -> None:
    """Each thread has a connection of its own, as a process would have."""
    answers = []

    def ask() -> None:
        try:
            answers.extend(seconds_to_wait("ann", 12) for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 30
    assert answers.count(0) == 12
    assert len(cache.get_many([f"requests:ann:{number}" for number in range(30)])) == 12


class TestLimitedClient:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address", "expected"),
        [
            (0, "1.1.1.1", "9.9.9.9", "9.9.9.9"),  # not believed
            (0, "", "9.9.9.9", "9.9.9.9"),
            (1, "6.6.6.6, 1.1.1.1", "9.9.9.9", "1.1.1.1"),  # the first was made up
            (2, "6.6.6.6,1.1.1.1, 2.2.2.2", "9.9.9.9", "1.1.1.1"),
            (2, "1.1.1.1", "9.9.9.9", "9.9.9.9"),  # came past a proxy
            (1, "", "9.9.9.9", "9.9.9.9"),
            (1, "", "", "unknown"),
            (1, "nonsense:8", "9.9.9.9", "unknown"),
            (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            (0, "", "::ffff:9.9.9.9", "9.9.9.9"),
            (0, "", "fe80::1%eth0", "fe80::"),
            (0, "1.1.1.1", "127.0.0.1", "127.0.0.1"),  # through a proxy that nobody told of
        ],
    )
    def test_address(
        self, settings: Any, proxies: int, forwarded: str, address: str, expected: str
    ) -> None:
        settings.GALLERY = {"PROXIES": proxies}
        assert limited_client(came_from(address, forwarded)) == expected

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    def test_this_machine_is_none(self, address: str) -> None:
        assert limited_client(came_from(address)) == ""

    def test_member_is_none(self) -> None:
        assert limited_client(came_from("9.9.9.9", user=User(pk=7))) == ""


def came_from(
    address: str, forwarded: str = "", user: User | AnonymousUser | None = None
) -> HttpRequest:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=address)
    request.user = user or AnonymousUser()
    return request
