"""Taking in pictures: who may, what is answered, and what is refused with which sentence."""

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from gallery.models import Image
from tests.gallery.upload_requests import JSON, UPLOAD, send
from tests.pictures import encoded, photo, upload


class TestWhoMay:
    def test_strangers_log_in_first(self, client: Client, db: None) -> None:
        for response in (client.get(UPLOAD), client.post(UPLOAD, {"file": upload(1)})):
            assert response.status_code == 302
            assert response["Location"] == "/login/?next=/upload/"
        assert not Image.objects.exists()

    def test_programs_are_told(self, client: Client, db: None) -> None:
        response = send(client, upload(1))
        assert response.status_code == 401
        assert "Log in" in response.json()["reason"]

    def test_token(self, ann: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ann)
        assert send(client, upload(1), json=False).status_code == 403
        client.get(UPLOAD)
        token = client.cookies["csrftoken"].value
        headers = {**JSON, "X-CSRFToken": token}
        response = client.post(UPLOAD, {"file": upload(1)}, headers=headers)
        assert response.status_code == 201
        response = client.post(UPLOAD, {"file": upload(2), "csrfmiddlewaretoken": token})
        assert response.status_code == 201

    def test_methods(self, sender: Client) -> None:
        assert sender.put(UPLOAD).status_code == 405


class TestJson:
    def test_stored(self, sender: Client, ann: User) -> None:
        response = send(sender, upload(1, "a/b.jpg"), visibility="private", tags="x, y", album="Z")
        assert response.status_code == 201
        (result,) = response.json()["results"]
        image = Image.objects.get()
        assert result["name"] == "b.jpg"
        assert result["status"] == "stored"
        assert result["id"] == str(image.public_id)
        assert result["url"] == image.get_absolute_url()
        assert (result["similar"], result["reason"]) == ([], "")
        assert (image.owner, image.visibility) == (ann, "private")
        assert {tag.name for tag in image.tags.all()} == {"x", "y"}
        assert image.albums.get().name == "Z"

    def test_looks_like(self, sender: Client, add_image) -> None:
        other = add_image(1)
        (result,) = send(sender, upload(1, "small.png", "PNG")).json()["results"]
        (similar,) = result["similar"]
        assert similar["id"] == str(other.public_id)
        assert similar["distance"] <= 4
        assert (similar["badge"], similar["sentence"]) == ("Same picture", "JPEG quality about 75")
        assert (similar["same"]["kind"], similar["same"]["turn"]) == ("copy", "upright")
        assert similar["url"] == other.get_absolute_url()
        assert sender.get(similar["thumbnail"]).status_code == 200
        assert sender.get(similar["compare"]).status_code == 200

    def test_same_file_of_someone_else(self, sender: Client, add_image, bob: User) -> None:
        add_image(1, owner=bob)
        response = send(sender, upload(1))
        assert response.status_code == 201
        (similar,) = response.json()["results"][0]["similar"]
        assert (similar["kind"], similar["badge"]) == ("exact", "Identical file")

    def test_does_not_tell_of_private_pictures(self, sender: Client, add_image, bob: User) -> None:
        secret = add_image(1, owner=bob, visibility="private")
        for file in (upload(1, format="PNG"), upload(1)):  # a look-alike and the very same file
            response = send(sender, file)
            assert response.status_code == 201
            assert str(secret.public_id) not in response.content.decode()

    def test_already_here(self, sender: Client, add_image) -> None:
        image = add_image(1)
        response = send(sender, upload(1))
        assert response.status_code == 200
        (result,) = response.json()["results"]
        assert (result["status"], result["code"]) == ("duplicate", "duplicate")
        assert result["id"] == str(image.public_id)
        assert Image.objects.count() == 1

    def test_on_purpose(self, sender: Client, add_image) -> None:
        add_image(1)
        for status in ("stored", "duplicate"):  # and once more, after an answer that was lost
            (result,) = send(sender, upload(1), known_copies=1).json()["results"]
            assert result["status"] == status
        assert Image.objects.count() == 2

    def test_in_the_trash(self, sender: Client, add_image) -> None:
        image = add_image(1)
        sender.post(reverse("gallery:trash_picture", args=[image.public_id]))
        (result,) = send(sender, upload(1)).json()["results"]
        assert (result["status"], result["code"]) == ("duplicate", "in_trash")
        assert "Restore it" in result["reason"]

    def test_any_field_name(self, sender: Client) -> None:
        data = {"a": upload(1), "files[]": [upload(2), upload(3)]}
        response = sender.post(UPLOAD, data, headers=JSON)
        assert [r["status"] for r in response.json()["results"]] == ["stored"] * 3

    def test_twins_in_one_request(self, sender: Client) -> None:
        response = send(sender, upload(1), upload(1))
        assert response.status_code == 201
        assert [r["status"] for r in response.json()["results"]] == ["stored", "duplicate"]

    def test_mixture(self, sender: Client, add_image) -> None:
        add_image(1)
        bad = SimpleUploadedFile("bad.jpg", b"no picture")
        assert send(sender, upload(1), bad).status_code == 422
        response = send(sender, upload(1), bad, upload(2))
        assert response.status_code == 201
        assert [r["status"] for r in response.json()["results"]] == [
            "duplicate", "rejected", "stored",
        ]  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("text.jpg", b"hello", "not_a_picture"),
            ("empty.jpg", b"", "empty"),
            ("half.jpg", encoded(photo(1))[:3000], "truncated"),
            ("page.html", encoded(photo(1)), "wrong_extension"),
        ],
    )
    def test_bad_files(self, sender: Client, name: str, content: bytes, code: str) -> None:
        response = send(sender, SimpleUploadedFile(name, content))
        assert response.status_code == 422
        (result,) = response.json()["results"]
        assert (result["status"], result["code"], result["id"]) == ("rejected", code, None)
        assert result["reason"].endswith(".")
        response = send(sender, SimpleUploadedFile(name, content), json=False)
        assert response.status_code == 422
        assert escape(result["reason"]) in response.content.decode()
        assert not Image.objects.exists()

    def test_too_large(self, sender: Client, settings) -> None:
        settings.GALLERY = {"MAX_UPLOAD_BYTES": 1024}
        (result,) = send(sender, upload(1)).json()["results"]
        assert result["code"] == "too_large"
        assert "(limit " in result["reason"]

    def test_too_many_pixels(self, sender: Client, settings) -> None:
        settings.HASHING = {"MAX_PIXELS": 1000}
        (result,) = send(sender, upload(1)).json()["results"]
        assert result["code"] == "too_many_pixels"

    @pytest.mark.parametrize("json", [True, False])
    def test_no_file(self, sender: Client, json: bool) -> None:
        response = send(sender, json=json)
        assert response.status_code == 422
        assert "No file was sent" in response.content.decode()

    @pytest.mark.parametrize("json", [True, False])
    @pytest.mark.parametrize(
        ("data", "complaint"),
        [
            ({"visibility": "secret"}, "must be “public” or “private”"),
            ({"tags": '"open'}, "quotation mark is missing"),
            ({"album": "x" * 101}, "at most 100 characters"),
            ({"known_copies": "some"}, "whole number from 0 to 20"),
            ({"known_copies": "-1"}, "whole number from 0 to 20"),
            ({"known_copies": "21"}, "whole number from 0 to 20"),
        ],
    )
    def test_bad_options(self, sender: Client, json: bool, data: dict, complaint: str) -> None:
        response = send(sender, upload(1), json=json, **data)
        assert response.status_code == 422
        text = response.json()["reason"] if json else response.content.decode()
        assert complaint in text
        assert not Image.objects.exists()

    @pytest.mark.parametrize("json", [True, False])
    def test_too_many_files(self, sender: Client, settings, json: bool) -> None:
        settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
        settings.GALLERY = {"MAX_UPLOAD_FILES": 2}
        response = send(sender, upload(1), upload(2), upload(3), json=json)
        assert response.status_code == 413
        assert "at most 2 at a time" in response.content.decode()
        assert not Image.objects.exists()

    @pytest.mark.parametrize("json", [True, False])
    def test_too_large_a_form(self, sender: Client, settings, json: bool) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        response = send(sender, upload(1), tags="x" * 200, json=json)
        assert response.status_code == 413
        assert "Too much data at once" in response.content.decode()

    def test_too_large_a_body_is_not_read(self, sender: Client, settings) -> None:
        settings.GALLERY = {"MAX_UPLOAD_BYTES": 10, "MAX_UPLOAD_FILES": 2}
        assert send(sender, upload(1)).status_code == 413

    def test_broken_body(self, sender: Client) -> None:
        response = sender.post(UPLOAD, b"--x\r\n", content_type="multipart/form-data")
        assert response.status_code == 400
        assert "arrived incomplete" in response.content.decode()

    def test_no_multipart(self, sender: Client) -> None:
        response = sender.post(UPLOAD, "{}", content_type="application/json", headers=JSON)
        assert response.status_code == 422


class TestPage:
    def test_form(self, sender: Client) -> None:
        text = sender.get(UPLOAD).content.decode()
        assert 'type="file"' in text
        assert "50.0" in text
        assert 'name="csrfmiddlewaretoken"' in text

    def test_results(self, sender: Client, add_image) -> None:
        add_image(2)
        files = (upload(1), upload(2), upload(2, "again.png", "PNG"), upload(2, "x.exe"))
        response = send(sender, *files, json=False)
        assert response.status_code == 201
        text = response.content.decode()
        for words in ("Upload results (4 files)", "No similar pictures", "Already in the gallery",
                      "It looks like:", "Same picture", "the right extension"):  # fmt: skip
            assert words in text

    def test_offers_to_restore(self, sender: Client, add_image) -> None:
        image = add_image(1)
        sender.post(reverse("gallery:trash_picture", args=[image.public_id]))
        text = send(sender, upload(1), json=False).content.decode()
        assert reverse("gallery:restore", args=[image.public_id]) in text

    def test_names_are_text(self, sender: Client) -> None:
        file = BytesIO(encoded(photo(1)))
        file.name = "<b>x\u202e.jpg"
        text = send(sender, SimpleUploadedFile(file.name, file.read()), json=False)
        assert "&lt;b&gt;x.jpg" in text.content.decode()
