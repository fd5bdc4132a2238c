"""The middleware of the whole site: other encodings are rejected, wrong methods explained."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from config.charset import NOT_UTF8, Receive, Scope, Send, utf8_only, utf8_only_async


class TestWsgi:
    def ask(self, charset: str) -> tuple[str, bytes]:
        """Return the status and body that a form in this encoding is answered with."""
        environ = RequestFactory().generic("POST", "/theme/?q=a", b"theme=dark").environ
        environ["CONTENT_TYPE"] = f"application/x-www-form-urlencoded; charset={charset}"
        started: list[str] = []
        answer = utf8_only(WSGIHandler())(environ, lambda status, *_: started.append(status))
        return started[0], b"".join(answer)

    @pytest.mark.parametrize("charset", ["hex", "rot13", "idna", "utf-16", "latin-1", "no-such"])
    def test_other_encodings_are_rejected(self, db: None, charset: str) -> None:
        assert self.ask(charset) == ("400 Bad Request", NOT_UTF8)

    @pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
    def test_utf8_is_passed_on(self, db: None, charset: str) -> None:
        assert self.ask(charset)[0].startswith("403 ")  # Django read it and missed a token

    def test_entry_point_is_guarded(self) -> None:
        from config.wsgi import application

        assert application.__qualname__.startswith("utf8_only.")


class TestAsgi:
    @staticmethod
    async def echo(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def ask(self, headers: list[tuple[bytes, bytes]]) -> list[Mapping[str, Any]]:
        """Return the messages that a request with these headers is answered with."""
        messages: list[Mapping[str, Any]] = []

        async def send(message: Mapping[str, Any]) -> None:
            messages.append(message)

        async def receive() -> Mapping[str, Any]:
            raise AssertionError("The body is not read.")

        scope = {"type": "http", "headers": headers}
        # In a thread, because a browser test may have left its event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            application = utf8_only_async(self.echo)
            thread.submit(lambda: asyncio.run(application(scope, receive, send))).result()
        return messages

    @pytest.mark.parametrize("charset", [b"hex", b"rot13", b"utf-16", b"no-such", b"\xff"])
    def test_other_encodings_are_rejected(self, charset: bytes) -> None:
        start, body = self.ask([(b"content-type", b"text/plain; charset=" + charset)])
        assert start["status"] == 400
        assert body["body"] == NOT_UTF8

    @pytest.mark.parametrize("headers", [[], [(b"content-type", b"text/plain; charset=UTF8")]])
    def test_utf8_is_passed_on(self, headers: list[tuple[bytes, bytes]]) -> None:
        assert [message["status"] for message in self.ask(headers)] == [200]

    def test_entry_point_is_guarded(self) -> None:
        from config.asgi import application

        assert application.__qualname__.startswith("utf8_only_async.")


def test_wrong_method_is_explained(client: Client, db: None) -> None:
    response = client.get("/theme/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "does not accept GET requests" in response.content.decode()
    as_json = client.get("/theme/", headers={"Accept": "application/json"})
    assert as_json.json()["code"] == "method_not_allowed"
