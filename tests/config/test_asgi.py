"""The ASGI entry point: what it refuses before Django sees it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config.middleware import NOT_UTF8, utf8_only_async


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def sent(headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """Return what a request with these headers is answered."""
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {"type": "http", "headers": headers}
    # In a thread, because a browser of other tests may have left its event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, utf8_only_async(echo)(scope, None, send)).result()
    return messages


@pytest.mark.parametrize("charset", [b"hex", b"rot13", b"utf-16", b"no-such", b"\xff"])
def test_other_encodings_are_refused_in_words(charset: bytes) -> None:
    start, body = sent([(b"content-type", b"text/plain; charset=" + charset)])
    assert start["status"] == 400
    assert body["body"] == NOT_UTF8


@pytest.mark.parametrize("headers", [[], [(b"content-type", b"text/plain; charset=UTF8")]])
def test_utf8_is_passed_on(headers: list[tuple[bytes, bytes]]) -> None:
    assert [message["status"] for message in sent(headers)] == [200]


def test_entry_point_is_guarded() -> None:
    from config.asgi import application

    assert application.__qualname__.startswith("utf8_only_async")
