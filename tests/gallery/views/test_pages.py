"""Pages about the site, and the frame around all pages."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

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
    def test_next_is_a_path_on_this_site(self, client: Client, db: None, target: str) -> None:
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
