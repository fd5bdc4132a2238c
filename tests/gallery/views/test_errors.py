"""Error responses as pages and as JSON."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from gallery.views import errors

JSON = {"Accept": "application/json"}


def test_not_found(client: Client, db: None) -> None:
    for address in ("/nope/", "/i/not-a-uuid/", "/tags/none/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "<header" in response.content.decode()
    response = client.get("/nope/", headers=JSON)
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("view", "error", "status", "words"),
    [
        (errors.bad_request, BadRequest("Say <x>."), 400, "Say &lt;x&gt;."),
        (errors.bad_request, SuspiciousOperation("inner matters"), 400, "not valid"),
        (errors.permission_denied, PermissionDenied(), 403, "do not have permission"),
    ],
)
def test_before_anyone_was_identified(
    rf: RequestFactory, view: Any, error: Exception, status: int, words: str
) -> None:
    response = view(rf.get("/"), error)
    assert response.status_code == status
    assert words in response.content.decode()
    assert "inner matters" not in response.content.decode()


def test_csrf(rf: RequestFactory) -> None:
    assert "reload the page" in errors.csrf_failure(rf.post("/")).content.decode()
    response = errors.csrf_failure(rf.post("/", headers=JSON))
    assert (response.status_code, b'"csrf"' in response.content) == (403, True)


def test_server_error_stands_alone() -> None:
    assert "This is our fault" in render_to_string("500.html")


def test_foreign_host(client: Client, db: None) -> None:
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
