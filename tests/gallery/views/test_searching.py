"""Search by picture: nearest first, nothing stored, nothing told of what is private."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage
from PIL import ImageOps

from gallery.models import Image
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.pictures import encoded, photo, upload

SEARCH = reverse("gallery:search")
JSON = {"Accept": "application/json"}


def ask(client: Client, **data: Any) -> Any:
    return client.post(SEARCH, data, headers=JSON)


def look_up(client: Client, **query: Any) -> Any:
    return client.get(SEARCH, query, headers=JSON)


class TestByFile:
    def test_finds_the_picture(self, client: Client, add_image) -> None:
        image = add_image(1, source="folder/one.jpg")
        add_image(2)
        response = ask(client, file=upload(1, "q.png", "PNG"))
        assert response.status_code == 200
        answer = response.json()
        (result,) = answer["results"]
        assert result == {
            "id": str(image.public_id),
            "url": image.get_absolute_url(),
            "path": "folder/one.jpg",
            "distance": result["distance"],
            "hash": str(image.phash),
            "bits": image.phash.bits,
        }
        assert 0 <= result["distance"] <= 4
        assert set(answer["query"]["hashes"]) == {"phash", "dhash", "ahash", "whash", "colorhash"}

    def test_stores_nothing(self, client: Client, ann: User, settings) -> None:
        client.force_login(ann)
        assert ask(client, file=upload(1)).json()["results"] == []
        assert not Image.objects.exists()
        assert not settings.MEDIA_ROOT.exists()

    def test_nearest_first(self, client: Client, add_image) -> None:
        for seed in range(12):
            add_image(seed)
        results = ask(client, file=upload(5), max_distance=64).json()["results"]
        distances = [result["distance"] for result in results]
        assert len(distances) == 12
        assert distances == sorted(distances)
        assert distances[0] == 0

    def test_sum(self, client: Client, add_image) -> None:
        image = add_image(1)
        (result,) = ask(client, file=upload(1), by="ahash+colorhash").json()["results"]
        assert result["hash"] == f"{image.ahash}+{image.colorhash}"
        assert result["bits"] == f"{image.ahash.bits}+{image.colorhash.bits}"

    def test_private_pictures(self, client: Client, add_image, bob: User) -> None:
        secret = add_image(1, visibility="private")
        for user, count in [(None, 0), (bob, 0), (secret.owner, 1)]:
            if user:
                client.force_login(user)
            assert len(ask(client, file=upload(1)).json()["results"]) == count

    def test_flat_picture_finds_exact_copies_only(self, client: Client, add_image) -> None:
        def gray(level: int) -> SimpleUploadedFile:
            image = PillowImage.new("RGB", (64, 64), (level,) * 3)
            return SimpleUploadedFile("gray.png", encoded(image, "PNG"))

        add_image(gray(10))
        twin = add_image(gray(20))
        answer = ask(client, file=gray(20), max_distance=20).json()
        assert [result["id"] for result in answer["results"]] == [str(twin.public_id)]
        assert answer["query"]["is_informative"] is False

    @pytest.mark.parametrize(
        ("dress", "sentence"),
        [
            (ImageOps.mirror, "mirrored"),
            (
                lambda picture: ImageOps.expand(picture, 24, "white"),
                "without the border or caption",
            ),
            (lambda picture: picture.rotate(90, expand=True), "rotated 90° right"),
        ],
    )
    def test_same_picture_however_it_is_dressed(
        self, client: Client, add_image, bob: User, dress: Any, sentence: str
    ) -> None:
        image = add_image(upload(1, quality=80))
        add_image(2)
        add_image(1, owner=bob, visibility="private")
        sent = encoded(dress(photo(1)), quality=80)
        answer = ask(client, file=SimpleUploadedFile("sent.jpg", sent)).json()
        (same,) = answer["same"]
        assert (same["id"], same["kind"]) == (str(image.public_id), "copy")
        assert same["sentence"] == sentence
        page = client.post(SEARCH, {"file": SimpleUploadedFile("sent.jpg", sent)})
        text = page.content.decode()
        assert text.index("The same picture") < text.index(str(image.public_id))
        assert sentence.capitalize() in text

    def test_same_flat_picture(self, client: Client, add_image) -> None:
        flat = encoded(PillowImage.new("RGB", (64, 64), "teal"), "PNG")
        image = add_image(SimpleUploadedFile("flat.png", flat))
        answer = ask(client, file=SimpleUploadedFile("sent.png", flat)).json()
        assert [same["id"] for same in answer["same"]] == [str(image.public_id)]
        assert answer["same"][0]["kind"] == "bytes"

    def test_needs_no_token(self, add_image) -> None:
        add_image(1)
        assert ask(Client(enforce_csrf_checks=True), file=upload(1)).status_code == 200

    @pytest.mark.parametrize("json", [True, False])
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("text.jpg", b"hello", "not a picture we can read"),
            ("empty.jpg", b"", "This file is empty"),
            ("half.jpg", encoded(photo(1))[:3000], "file is incomplete"),
            ("page.html", encoded(photo(1)), "give it the right extension"),
        ],
    )
    def test_bad_files(
        self, client: Client, db: None, json: bool, name: str, content: bytes, words: str
    ) -> None:
        file = SimpleUploadedFile(name, content)
        response = client.post(SEARCH, {"file": file}, headers=JSON if json else {})
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_too_large_a_body_is_not_read(self, client: Client, db: None, settings) -> None:
        settings.GALLERY = {"MAX_UPLOAD_BYTES": -(1024**2)}
        assert ask(client, file=upload(1)).status_code == 413


class TestLimit:
    @pytest.fixture(autouse=True)
    def _two_a_minute(self, db: None, settings: Any, client: Client) -> None:
        settings.GALLERY = {"SEARCHES_PER_MINUTE": 2}
        client.defaults["REMOTE_ADDR"] = "203.0.113.5"

    def test_page_keeps_the_form(self, client: Client) -> None:
        for status in (200, 200, 429):
            data = {"file": upload(1), "by": "dhash", "max_distance": 7}
            response = client.post(SEARCH, data)
            assert response.status_code == status
        assert 0 < int(response["Retry-After"]) <= 60
        text = response.content.decode()
        assert "limit 2 a minute" in text
        assert f"Wait {response['Retry-After']} second" in text
        assert 'value="dhash" selected' in text
        assert 'value="7"' in text

    def test_programs_are_told(self, client: Client) -> None:
        answers = [ask(client, file=upload(1)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json()["code"] == "too_many_searches"
        assert answers[-1].json()["reason"].startswith("Too many searches by picture (limit 2")
        assert answers[-1]["Retry-After"].isdecimal()

    def test_every_stranger_has_their_own(self, client: Client) -> None:
        for address in ("203.0.113.6", "203.0.113.7"):
            client.defaults["REMOTE_ADDR"] = address
            assert [ask(client, file=upload(1)).status_code for _ in range(3)] == [200, 200, 429]

    def test_members_are_not_limited(self, client: Client, ann: User) -> None:
        client.force_login(ann)
        assert {ask(client, file=upload(1)).status_code for _ in range(4)} == {200}

    def test_this_machine_is_not_limited(self, client: Client) -> None:
        client.defaults["REMOTE_ADDR"] = "127.0.0.1"
        assert {ask(client, file=upload(1)).status_code for _ in range(4)} == {200}

    def test_what_is_refused_unread_costs_nothing(self, client: Client) -> None:
        for _ in range(3):
            assert ask(client, file=upload(1), max_distance="far").status_code == 422
        assert ask(client, file=upload(1)).status_code == 200

    def test_files_that_have_to_be_opened_count(self, client: Client) -> None:
        bad = [SimpleUploadedFile("bad.jpg", b"no picture") for _ in range(3)]
        assert [ask(client, file=file).status_code for file in bad] == [422, 422, 429]

    def test_hashes_are_not_limited(self, client: Client) -> None:
        assert {look_up(client, hash="0" * 16).status_code for _ in range(4)} == {200}

    def test_none(self, client: Client, settings: Any) -> None:
        settings.GALLERY = {"SEARCHES_PER_MINUTE": 0}
        assert {ask(client, file=upload(1)).status_code for _ in range(4)} == {200}


class TestByHash:
    def test_finds_all_within(self, client: Client, add_image) -> None:
        for seed, value in [(1, 0b111), (2, 0b1), (3, (1 << 11) - 1)]:
            image = add_image(seed)
            Image.objects.filter(pk=image.pk).update(phash=PerceptualHash(value))
        results = look_up(client, hash="0" * 16).json()["results"]
        assert [result["distance"] for result in results] == [1, 3]
        results = look_up(client, hash="0" * 64, max_distance=11).json()["results"]
        assert [result["distance"] for result in results] == [1, 3, 11]

    @pytest.mark.parametrize("by", ["dhash", "ahash", "whash", "colorhash"])
    def test_methods(self, client: Client, add_image, by: str) -> None:
        image = add_image(1)
        answer = look_up(client, hash=str(getattr(image, by)), by=by, max_distance=0).json()
        assert [result["id"] for result in answer["results"]] == [str(image.public_id)]

    def test_posted(self, client: Client, add_image) -> None:
        image = add_image(1)
        assert ask(client, hash=str(image.phash)).json()["results"][0]["distance"] == 0

    @pytest.mark.parametrize("json", [True, False])
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ({"hash": "xyz"}, "64 bits has 16 hex digits"),
            ({"hash": "f" * 16, "max_distance": "abc"}, "whole number from 0 to 64"),
            ({"hash": "f" * 16, "max_distance": "-1"}, "whole number from 0 to 64"),
            ({"hash": "f" * 16, "max_distance": "99"}, "whole number from 0 to 64"),
            ({"hash": "f" * 16, "by": "md5"}, "is not a method"),
            ({"hash": "f" * 16 + "\0"}, "Null characters"),
        ],
    )
    def test_bad_input(self, client: Client, db: None, json: bool, query: dict, words: str) -> None:
        response = client.get(SEARCH, query, headers=JSON if json else {})
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_nothing_asked(self, client: Client, db: None) -> None:
        assert look_up(client).status_code == 422
        assert client.post(SEARCH, {}).status_code == 422
        assert client.get(SEARCH).status_code == 200


class TestPage:
    def test_says_that_nothing_is_kept(self, client: Client, db: None) -> None:
        assert "is not stored." in client.get(SEARCH).content.decode()

    def test_results(self, client: Client, add_image) -> None:
        image = add_image(1, title="Found")
        text = client.post(SEARCH, {"file": upload(1)}).content.decode()
        assert "1 picture found" in text
        assert "almost identical" in text
        # The same picture can be searched by its other hashes, by address.
        assert f"?hash={image.dhash}&amp;by=dhash&amp;max_distance=10" in text
        assert f"?hash={image.ahash}%2B{image.colorhash}&amp;by=ahash%2Bcolorhash" in text

    def test_links_to_other_methods_stay_within_their_bits(self, client: Client, add_image) -> None:
        add_image(1)
        text = client.post(SEARCH, {"file": upload(1), "max_distance": 60}).content.decode()
        links = re.findall(r'class="chip" href="([^"]+)"', text)
        assert len(links) == 6
        assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}

    def test_answers_differ_by_what_is_accepted(self, client: Client, db: None) -> None:
        assert "Accept" in client.get(SEARCH)["Vary"]
        assert "Accept" in look_up(client, hash="0" * 16)["Vary"]

    def test_nothing_found(self, client: Client, db: None) -> None:
        text = client.get(SEARCH, {"hash": "0" * 16}).content.decode()
        assert "No pictures found" in text

    @pytest.mark.django_db(transaction=True)  # counts what a visit asks, not the test
    def test_queries(self, client: Client, add_image, django_assert_max_num_queries) -> None:
        for seed in range(5):
            add_image(seed)
        with django_assert_max_num_queries(5):
            client.get(SEARCH, {"hash": "0" * 16, "max_distance": 64})
