"""Pages about the site, errors, and the frame around them all."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from gallery.views import errors
from gallery.web.keyboard_shortcuts import shortcuts

OPEN = ["index", "tags", "albums", "search", "about", "about_fingerprints"]
JSON = {"Accept": "application/json"}


class TestFrame:
    @pytest.mark.parametrize("name", OPEN)
    def test_everyone(self, client: Client, admin: User, bob: User, name: str) -> None:
        for user in (None, bob, admin):
            if user:
                client.force_login(user)
            response = client.get(reverse(f"gallery:{name}"))
            assert response.status_code == 200
            text = response.content.decode()
            assert text.count("<h1") == 1
            assert re.search(r"<title>[^<]*Lookalike</title>", text)
            # What the Content-Security-Policy would refuse.
            assert not re.search(r"<style|style=|<script>|\son\w+=", text)
            assert text.index("htmx-config") < text.index("htmx-2")

    def test_duplicates_link_is_for_reviewers(
        self, client: Client, bob: User, reviewer: User
    ) -> None:
        for user, sees in [(None, False), (bob, False), (reviewer, True)]:
            if user:
                client.force_login(user)
            text = client.get(reverse("gallery:about")).content.decode()
            assert (">Duplicates<" in text) is sees

    def test_policy(self, client: Client, db: None) -> None:
        policy = client.get("/")["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


class TestTheme:
    def test_cookie_and_page(self, client: Client, db: None) -> None:
        response = client.post("/theme/", {"theme": "dark", "next": "/about/"})
        assert (response.status_code, response["Location"]) == (302, "/about/")
        text = client.get("/about/").content.decode()
        assert '<html lang="en-gb" class="no-js" data-theme="dark">' in text
        client.post("/theme/", {"theme": "system"})
        assert "data-theme=" not in client.get("/about/").content.decode()

    def test_bad_input(self, client: Client, db: None) -> None:
        assert client.post("/theme/", {"theme": "pink"}).status_code == 400
        assert client.get("/theme/").status_code == 405
        response = client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
        assert response["Location"] == "/"

    @pytest.mark.parametrize("target", ["foo", "data", "[::", "/[::", "//[::", "", "//a.example/"])
    def test_way_back_is_a_path_of_ours(self, client: Client, db: None, target: str) -> None:
        response = client.post("/theme/", {"theme": "dark", "next": target})
        assert response.status_code == 302
        assert re.match(r"/(?!/)", response["Location"])

    def test_foreign_cookie(self, client: Client, db: None) -> None:
        client.cookies["theme"] = '"><script>'
        assert '<script>"' not in client.get("/").content.decode()


class TestLogin:
    def test_in_and_out(self, client: Client, ann: User) -> None:
        data = {"username": "ann", "password": "ann-secret", "next": "/upload/"}
        assert client.post("/login/", data)["Location"] == "/upload/"
        assert "Menu for ann" in client.get("/").content.decode()
        assert client.post("/logout/")["Location"] == "/"
        assert "Log in" in client.get("/").content.decode()

    def test_wrong_password(self, client: Client, ann: User) -> None:
        response = client.post("/login/", {"username": "ann", "password": "x"})
        assert "correct username and password" in response.content.decode()


class TestSmallAnswers:
    def test_favicon(self, client: Client) -> None:
        response = client.get("/favicon.ico")
        assert response["Location"] == "/static/gallery/favicon.svg"

    def test_robots(self, client: Client) -> None:
        response = client.get("/robots.txt")
        assert response["Content-Type"] == "text/plain"
        assert "Disallow: /search/" in response.content.decode()

    def test_shortcuts_lead_somewhere(self, client: Client, db: None) -> None:
        for shortcut in shortcuts():
            if shortcut.href:
                assert client.get(shortcut.href).status_code in (200, 302)


class TestErrors:
    def test_not_found(self, client: Client, db: None) -> None:
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
            (errors.bad_request, SuspiciousOperation("inner matters"), 400, "makes no sense"),
            (errors.permission_denied, PermissionDenied(), 403, "may not do this"),
        ],
    )
    def test_before_anyone_was_identified(
        self, rf: RequestFactory, view: Any, error: Exception, status: int, words: str
    ) -> None:
        response = view(rf.get("/"), error)
        assert response.status_code == status
        assert words in response.content.decode()
        assert "inner matters" not in response.content.decode()

    def test_csrf(self, rf: RequestFactory) -> None:
        assert "reload the page" in errors.csrf_failure(rf.post("/")).content.decode()
        response = errors.csrf_failure(rf.post("/", headers=JSON))
        assert (response.status_code, b'"csrf"' in response.content) == (403, True)

    def test_server_error_stands_alone(self) -> None:
        assert "This is our fault" in render_to_string("500.html")

    def test_foreign_host(self, client: Client, db: None) -> None:
        assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
