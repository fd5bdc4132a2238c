"""Files of pictures: what is sent, to whom, and how it may be kept."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage

from gallery.files.renditions import rendition_key
from gallery.models import Image
from tests.pictures import encoded, photo, upload

GPS = 0x8825


def original(image: Image) -> str:
    return reverse("gallery:original", args=[image.public_id])


def rendition(image: Image, size: int = 320) -> str:
    return reverse("gallery:rendition", args=[image.public_id, size])


class TestOriginal:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_is_what_was_sent(self, client: Client, add_image, format: str) -> None:
        image = add_image(upload(1, "Ærø “1”.bin.jpg", format))
        response = client.get(original(image))
        assert response.getvalue() == encoded(photo(1), format)
        assert response["Content-Type"] == f"image/{format.lower()}"
        assert response["Content-Disposition"].startswith("attachment; filename")
        assert "%C3%86r%C3%B8" in response["Content-Disposition"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"

    def test_conditional(self, client: Client, add_image) -> None:
        image = add_image(1)
        headers = {"If-None-Match": client.get(original(image))["ETag"]}
        assert client.get(original(image), headers=headers).status_code == 304

    def test_others_do_not_learn_where_it_was_taken(
        self, client: Client, ann: User, bob: User, add_image
    ) -> None:
        exif = PillowImage.Exif()
        exif.get_ifd(GPS).update({1: "N", 2: (48.0, 12.0, 30.5)})
        image = add_image(upload(1, exif=exif))
        sent = encoded(photo(1), exif=exif)

        def place() -> dict[int, Any]:
            data = client.get(original(image)).getvalue()
            assert len(data) == len(sent)
            return PillowImage.open(BytesIO(data)).getexif().get_ifd(GPS)

        assert place() == {}
        client.force_login(bob)
        assert place() == {}
        client.force_login(ann)
        assert client.get(original(image)).getvalue() == sent
        client.post(
            reverse("gallery:edit", args=[image.public_id]),
            {"visibility": "public", "shares_location": "on"},
        )
        client.logout()
        assert place()[2] == (48.0, 12.0, 30.5)

    def test_missing_file(self, client: Client, add_image) -> None:
        image = add_image(1)
        image.file.storage.delete(image.file.name)
        assert client.get(original(image)).status_code == 404

    def test_no_file_at_all(self, client: Client, db: None) -> None:
        assert client.get(original(Image.objects.create(title="Lost"))).status_code == 404


class TestRendition:
    def test_is_small_webp(self, client: Client, add_image) -> None:
        image = add_image(1)
        response = client.get(rendition(image))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert response.content[8:12] == b"WEBP"

    def test_kept_for_ever_under_its_version(self, client: Client, add_image) -> None:
        image = add_image(1)
        assert "no-cache" in client.get(rendition(image))["Cache-Control"]
        response = client.get(rendition(image), {"v": image.sha256[:8]})
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "no-cache" in client.get(rendition(image), {"v": "0" * 8})["Cache-Control"]
        headers = {"If-None-Match": response["ETag"]}
        assert client.get(rendition(image), headers=headers).status_code == 304

    def test_made_anew_when_missing(self, client: Client, add_image) -> None:
        image = add_image(1)
        image.file.storage.delete(rendition_key(image, 320))
        assert client.get(rendition(image)).status_code == 200

    @pytest.mark.parametrize("size", [0, 1, 321, 999999])
    def test_unknown_size(self, client: Client, add_image, size: int) -> None:
        assert client.get(rendition(add_image(1), size)).status_code == 404

    def test_a_small_picture_has_no_larger_ones(
        self, client: Client, add_image, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        image = add_image(1)
        smallest = client.get(rendition(image)).content
        Image.objects.filter(pk=image.pk).update(width=188, height=131)
        monkeypatch.setattr("gallery.files.renditions.decode", None)
        assert client.get(rendition(image, 1600)).content == smallest

    def test_missing_file(self, client: Client, add_image) -> None:
        image = add_image(1)
        for key in (image.file.name, rendition_key(image, 320)):
            image.file.storage.delete(key)
        assert client.get(rendition(image)).status_code == 404
        assert client.get(rendition(Image.objects.create())).status_code == 404

    def test_private(self, client: Client, add_image, bob: User) -> None:
        image = add_image(1, visibility="private")
        for user, status in [(None, 404), (bob, 404), (image.owner, 200)]:
            if user:
                client.force_login(user)
            response: Any = client.get(rendition(image))
            assert response.status_code == status
        assert "private" in response["Cache-Control"]

    def test_trashed(self, client: Client, add_image, bob: User) -> None:
        image = add_image(1)
        client.force_login(image.owner)
        client.post(reverse("gallery:trash_picture", args=[image.public_id]))
        assert client.get(rendition(image)).status_code == 200  # shown on the trash page
        assert client.get(original(image)).status_code == 404
        client.force_login(bob)
        assert client.get(rendition(image)).status_code == 404
