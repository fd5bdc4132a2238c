"""Two pictures in one frame, as pages draw them and as their difference is computed."""

from io import BytesIO

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage
from PIL import ImageOps

from gallery.comparing.comparisons import Comparison
from gallery.comparing.drawings import Drawing
from gallery.comparing.overlays import VIEWS, Overlay
from gallery.models import Image
from hashing.fingerprints.dihedral import Turn
from tests.pictures import encoded, photo

MOUNT = 30


def drawn(image: PillowImage.Image, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.png", encoded(image, "PNG"))


def page(first: Image, second: Image) -> str:
    return reverse("gallery:compare", args=[first.public_id, second.public_id])


def address(first: Image, second: Image) -> str:
    return reverse("gallery:difference", args=[first.public_id, second.public_id])


@pytest.fixture
def original(add_image) -> Image:
    return add_image(drawn(photo(1), "original"))


@pytest.fixture
def mounted(add_image) -> Image:
    turned = Turn.LEFT.applied_to(photo(1))
    return add_image(drawn(ImageOps.expand(turned, MOUNT, "white"), "mounted"))


class TestOverlay:
    def test_a_mounted_and_turned_copy_lies_over_the_picture(
        self, original: Image, mounted: Image
    ) -> None:
        overlay = Overlay.of(Comparison.of(original, mounted))
        assert overlay.box == (0, 0, original.width, original.height)
        expected = (MOUNT, MOUNT, original.width, original.height)
        assert [int(n) for n in overlay.view_box.split()] == pytest.approx(expected, abs=4)
        assert overlay.difference().mean < 4

    def test_no_sizes_no_overlay(self, original: Image) -> None:
        lost = Drawing(Image(width=0, height=0))
        assert Overlay.of(Comparison(Drawing(original), lost, None)) is None


class TestPage:
    @pytest.mark.parametrize("view", VIEWS)
    def test_every_view(
        self, client: Client, original: Image, mounted: Image, view: str,
        django_assert_max_num_queries,
    ) -> None:  # fmt: skip
        with django_assert_max_num_queries(10):
            text = client.get(page(original, mounted), {"view": view}).content.decode()
        assert f'aria-current="true">{VIEWS[view]}</a>' in text
        assert "style=" not in text
        assert ('class="pair"' in text) == (view == "side")
        assert ("of pixels equal" in text) == (view == "difference")

    def test_gain(self, client: Client, original: Image, mounted: Image) -> None:
        text = client.get(page(original, mounted), {"view": "difference", "gain": "16"}).content
        assert f"{address(original, mounted)}?gain=16" in text.decode()
        assert 'href="?view=difference&amp;gain=4"' in text.decode()

    @pytest.mark.parametrize(
        ("query", "said"),
        [({"view": "x"}, "The view must be one of side"), ({"gain": "3"}, "1, 4, 16")],
    )
    def test_bad_input(self, client: Client, original: Image, query: dict, said: str) -> None:
        response = client.get(page(original, original), query)
        assert response.status_code == 400
        assert said in response.content.decode()
        assert client.get(address(original, original), query).status_code == 400

    def test_missing_file(self, client: Client, original: Image, mounted: Image) -> None:
        mounted.file.storage.delete(mounted.file.name)
        Image.objects.filter(pk=mounted.pk).update(sha256="0" * 64)
        text = client.get(page(original, mounted), {"view": "difference"}).content.decode()
        assert "they cannot be compared" in text
        assert client.get(address(original, mounted)).status_code == 404


class TestDifference:
    def test_is_black_but_where_they_differ(self, client: Client, add_image) -> None:
        first = add_image(drawn(photo(1, (640, 480)), "first"))
        altered = photo(1, (640, 480))
        altered.paste("white", (40, 40, 104, 104))
        response = client.get(address(first, add_image(drawn(altered, "altered"))), {"gain": "4"})
        assert response["Content-Type"] == "image/webp"
        levels = np.asarray(PillowImage.open(BytesIO(response.content)).convert("L"), dtype=int)
        assert levels.shape == (480, 640)
        assert levels[48:96, 48:96].mean() > 100
        assert levels[200:, 200:].mean() < 5

    def test_headers(self, client: Client, original: Image, mounted: Image) -> None:
        response = client.get(address(original, mounted))
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Cache-Control"] == "private, no-cache"
        again = {"If-None-Match": response["ETag"]}
        assert client.get(address(original, mounted), headers=again).status_code == 304
        brighter = client.get(address(original, mounted), {"gain": "4"}, headers=again)
        assert brighter.status_code == 200

    def test_only_of_what_is_seen(self, client: Client, add_image, bob: User) -> None:
        open_, secret = add_image(1), add_image(2, visibility="private")
        for pair in ((open_, secret), (secret, open_)):
            client.force_login(bob)
            assert client.get(address(*pair)).status_code == 404
            client.force_login(secret.owner)
            assert client.get(address(*pair)).status_code == 200

    def test_queries(
        self, client: Client, original: Image, mounted: Image, django_assert_max_num_queries
    ) -> None:
        with django_assert_max_num_queries(4):
            client.get(address(original, mounted))
