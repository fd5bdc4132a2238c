"""Whether a file is here is told before it is sent, and nothing that one may not know."""

from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from gallery import library
from gallery.models import Image
from gallery.uploads.receiving import receive
from tests.pictures import encoded, photo, upload

LOOKUP = reverse("gallery:lookup")


class TestLookup:
    DIGEST = sha256(encoded(photo(1))).hexdigest()

    def ask(self, client: Client, digest: str = DIGEST) -> dict[str, Any]:
        response = client.get(LOOKUP, {"sha256": digest})
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        return response.json()

    def test_nothing_here(self, sender: Client, add_image) -> None:
        add_image(2)
        assert self.ask(sender) == {"results": [], "known_copies": 0}

    @pytest.mark.parametrize("digest", [DIGEST, DIGEST.upper()])
    def test_own_picture(self, sender: Client, add_image, digest: str) -> None:
        image = add_image(1, visibility="private")
        answer = self.ask(sender, digest)
        (result,) = answer["results"]
        assert answer["known_copies"] == 1
        assert (result["status"], result["code"]) == ("duplicate", "duplicate")
        assert (result["id"], result["url"]) == (str(image.public_id), image.get_absolute_url())
        assert result["reason"] == "You already have exactly this file."
        assert sender.get(result["thumbnail"]).status_code == 200

    def test_own_picture_in_the_trash(self, sender: Client, add_image, ann: User) -> None:
        image = add_image(1)
        library.trash([image], ann)
        answer = self.ask(sender)
        (result,) = answer["results"]
        assert (result["code"], answer["known_copies"]) == ("in_trash", 1)
        assert result["restore"] == reverse("gallery:restore", args=[image.public_id])

    def test_own_first(self, sender: Client, add_image, ann: User, bob: User) -> None:
        trashed = add_image(1)
        library.trash([trashed], ann)
        others = add_image(1, owner=bob)
        own = receive(upload(1), ann, known_copies=1).image
        answer = self.ask(sender)
        found = [(result["id"], result["code"]) for result in answer["results"]]
        assert found == [
            (str(own.public_id), "duplicate"),
            (str(trashed.public_id), "in_trash"),
            (str(others.public_id), "here"),
        ]
        assert answer["known_copies"] == 2

    def test_does_not_tell_of_what_is_hidden(
        self, client: Client, add_image, ann: User, bob: User, admin: User
    ) -> None:
        private, trashed = add_image(1, visibility="private"), add_image(2)
        ownerless = add_image(3)
        Image.objects.filter(pk=ownerless.pk).update(owner=None)
        library.trash([trashed, ownerless], ann)
        for user, count in [(None, 0), (bob, 0), (admin, 1), (ann, 1)]:
            if user:
                client.force_login(user)
            for image, expected in [(private, count), (trashed, user == ann), (ownerless, 0)]:
                answer = self.ask(client, image.sha256)
                assert len(answer["results"]) == expected, (user, image)
                assert answer["known_copies"] == (user == ann and expected)

    def test_strangers_hear_of_public_pictures(self, client: Client, add_image) -> None:
        image = add_image(1)
        (result,) = self.ask(client)["results"]
        assert (result["id"], result["code"]) == (str(image.public_id), "here")

    @pytest.mark.parametrize(
        "query", [{}, {"sha256": ""}, {"sha256": "abc"}, {"sha256": "g" * 64},
                  {"sha256": "a" * 65}, {"sha256": "a" * 64 + "\n1"}, {"sha256": "a" * 63 + "\0"},
                  {"sha256": "１" * 64}],
    )  # fmt: skip
    def test_bad_digest(self, sender: Client, query: dict[str, str]) -> None:
        response = sender.get(LOOKUP, query)
        assert response.status_code == 400
        answer = response.json()
        assert (answer["results"], answer["code"]) == ([], "bad_digest")
        assert answer["reason"]

    def test_methods(self, sender: Client) -> None:
        assert sender.head(LOOKUP, {"sha256": self.DIGEST}).status_code == 200
        assert sender.post(LOOKUP).status_code == 405

    @pytest.mark.django_db(transaction=True)  # counts what a visit asks, not the test
    def test_one_query_by_an_index(
        self, client: Client, add_image, django_assert_num_queries
    ) -> None:
        image = add_image(1)
        client.get(LOOKUP, {"sha256": image.sha256})
        with django_assert_num_queries(1) as asked:
            self.ask(client)
        if connection.vendor == "sqlite":  # PostgreSQL reads a table of one row without an index
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
                assert "USING INDEX gallery_image_sha256" in str(cursor.fetchall())
