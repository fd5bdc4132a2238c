"""What looks like a picture: the panel, two side by side, and the fingerprint explained."""

import re
import uuid

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage

from gallery.comparing.hash_methods import method
from gallery.models import Image
from gallery.similar.panel import SimilarPanel
from gallery.worker import finish
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.pictures import encoded, photo, upload


def panel(client: Client, image: Image, **query: object) -> str:
    response = client.get(reverse("gallery:similar", args=[image.public_id]), query)
    assert response.status_code == 200
    return response.content.decode()


def at(image: Image, distance: int) -> Image:
    """Move a picture to `distance` bits of phash from zero."""
    Image.objects.filter(pk=image.pk).update(phash=PerceptualHash((1 << distance) - 1))
    return image


def shown(text: str) -> list[int]:
    """Return the distances of the cards that are not hidden."""
    return [int(d) for d in re.findall(r'<li data-d="(\d+)">', text)]


class TestPanel:
    def test_nearest_first_up_to_the_distance(self, client: Client, add_image) -> None:
        subject = at(add_image(0), 0)
        for seed, distance in [(1, 10), (2, 3), (3, 11), (4, 0)]:
            at(add_image(seed), distance)
        text = panel(client, subject)
        assert shown(text) == [0, 3, 10]
        assert "3 of 64 bits differ" in text
        assert "10 of 64 bits differ (84 % similar)" in text
        assert "3 pictures</span> within" in text
        assert shown(panel(client, subject, max_distance=11)) == [0, 3, 10, 11]
        assert shown(panel(client, subject, max_distance=0)) == [0]

    def test_whole_list_for_the_slider(self, client: Client, add_image) -> None:
        subject = at(add_image(0), 0)
        at(add_image(1), 30)
        text = panel(client, subject, all=1)
        assert shown(text) == []
        assert '<li data-d="30" hidden>' in text

    def test_private_pictures_leave_no_trace(self, client: Client, add_image, bob: User) -> None:
        subject = at(add_image(0, owner=bob), 0)
        secret = at(add_image(1, visibility="private"), 5)
        client.force_login(bob)
        text = panel(client, subject, max_distance=32, all=1)
        assert str(secret.public_id) not in text
        assert 'data-count="1"' not in text
        assert "No picture is within 32 bits" in text
        client.force_login(secret.owner)
        assert shown(panel(client, subject)) == [5]

    def test_trashed_pictures_are_no_neighbours(self, client: Client, add_image) -> None:
        subject, other = at(add_image(0), 0), at(add_image(1), 2)
        client.force_login(other.owner)
        client.post(reverse("gallery:trash_picture", args=[other.public_id]))
        assert shown(panel(client, subject, max_distance=32)) == []

    def test_names_the_nearest(self, client: Client, add_image) -> None:
        subject = at(add_image(0), 0)
        at(add_image(1), 14)
        text = panel(client, subject)
        assert "The nearest differs by 14 bits" in text
        assert 'href="?max_distance=14&amp;by=phash#similar"' in text

    @pytest.mark.parametrize("by", ["phash", "dhash", "ahash", "whash", "colorhash"])
    def test_methods(self, client: Client, add_image, by: str) -> None:
        subject = add_image(1)
        add_image(upload(1, "again.png", "PNG"))
        text = panel(client, subject, by=by)
        assert len(shown(text)) == 1
        assert f'value="{by}" checked' in text

    def test_sum(self, client: Client, add_image) -> None:
        subject = add_image(1)
        add_image(upload(1, quality=60))
        text = panel(client, subject, by="ahash+colorhash")
        assert "of 106 bits differ" in text

    def test_sum_that_is_not_offered(self, client: Client, add_image) -> None:
        text = panel(client, add_image(1), by="dhash+phash")
        assert 'value="dhash+phash" checked' in text

    def test_exact_copies_come_first(self, client: Client, add_image, bob: User) -> None:
        subject = add_image(1)
        add_image(upload(1, quality=95))
        add_image(1, owner=bob)
        text = panel(client, subject)
        assert text.index("Identical file") < text.index("of 64 bits differ")

    @pytest.mark.parametrize(
        "query",
        [{"max_distance": "abc"}, {"max_distance": -1}, {"max_distance": 33}, {"by": "md5"}],
    )
    @pytest.mark.parametrize("page", ["similar", "detail"])
    def test_bad_input(self, client: Client, add_image, query: dict, page: str) -> None:
        address = reverse(f"gallery:{page}", args=[add_image(1).public_id])
        response = client.get(address, query)
        assert response.status_code == 400
        assert re.search("must be a whole number|is not a method", response.content.decode())

    def test_says_when_counting_stops(self, client: Client, add_image, settings) -> None:
        subject, *_ = (at(add_image(seed), 0) for seed in range(4))
        assert "are counted" not in panel(client, subject)
        settings.HASHING = {"MAX_RESULTS": 2}
        assert "Only the nearest 2 are counted." in panel(client, subject)

    def test_missing_hash(self, client: Client, add_image) -> None:
        image = add_image(1)
        Image.objects.update(phash=None)
        assert "has no perceptual hash" in panel(client, image)

    def test_htmx_gets_the_panel_alone(self, client: Client, add_image) -> None:
        address = reverse("gallery:similar", args=[add_image(1).public_id])
        response = client.get(address, headers={"HX-Request": "true"})
        assert b"<html" not in response.content
        assert b'id="similar"' in response.content

    # Outside a transaction, as on a site: within one the index cannot be kept.
    @pytest.mark.django_db(transaction=True)
    def test_queries(self, client: Client, add_image, django_assert_max_num_queries) -> None:
        subject, *_ = (add_image(seed) for seed in range(6))
        panel(client, subject)
        with django_assert_max_num_queries(9):
            panel(client, subject, max_distance=32)


class TestFlatPictures:
    @pytest.fixture
    def flat(self, add_image) -> Image:
        def gray(level: int, **options: int) -> SimpleUploadedFile:
            image = PillowImage.new("RGB", (64, 64), (level,) * 3)
            return SimpleUploadedFile(f"{level}.png", encoded(image, "PNG", **options))

        add_image(gray(200))
        add_image(gray(100, compress_level=0), title="Copy")
        add_image(photo_file())
        return add_image(gray(100), title="Flat")

    def test_match_by_digest_only(self, client: Client, flat: Image) -> None:
        text = panel(client, flat, max_distance=32)
        assert "This picture has too little detail" in text
        assert text.count("<li data-d=") == 1
        assert "Same pixels" in text

    def test_are_nobodys_neighbours(self, flat: Image) -> None:
        picture = Image.objects.get(is_informative=True)
        around = SimilarPanel(picture, flat.owner, method(), max_distance=32)
        assert around.distances == {}


def photo_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", encoded(photo(5)))


class TestCompare:
    def url(self, first: Image, second: Image) -> str:
        return reverse("gallery:compare", args=[first.public_id, second.public_id])

    def test_shows_all_methods_and_what_differs(self, client: Client, add_image) -> None:
        first, second = add_image(1, title="One"), add_image(2, title="Two")
        text = client.get(self.url(first, second), {"by": "dhash"}).content.decode()
        assert f"{first.dhash - second.dhash} of 64 bits differ" in text
        assert "<mark>" in text
        assert "style=" not in text
        assert text.count('<svg class="bits"') == 3
        assert text.index(">Title<") < text.index(">Type<")
        for label in (
            "Perceptual",
            "Difference",
            "Average",
            "Wavelet",
            "Colour",
            "Average + colour",
        ):
            assert label in text

    def test_sum_shows_both_hashes(self, client: Client, add_image) -> None:
        text = client.get(self.url(add_image(1), add_image(2)), {"by": "ahash+colorhash"})
        assert text.content.decode().count('<svg class="bits"') == 6

    def test_missing_hash(self, client: Client, add_image) -> None:
        first, second = add_image(1), add_image(2)
        Image.objects.filter(pk=second.pk).update(phash=None)
        response = client.get(self.url(first, second))
        assert response.status_code == 200
        assert "Hash missing" in response.content.decode()

    def test_private(self, client: Client, add_image, bob: User) -> None:
        open_, secret = add_image(1), add_image(2, visibility="private")
        for pair in ((open_, secret), (secret, open_)):
            client.force_login(bob)
            assert client.get(self.url(*pair)).status_code == 404
            client.force_login(secret.owner)
            assert client.get(self.url(*pair)).status_code == 200

    def test_bad_input(self, client: Client, add_image) -> None:
        image = add_image(1)
        assert client.get(self.url(image, image), {"by": "md5"}).status_code == 400
        stranger = reverse("gallery:compare", args=[image.public_id, uuid.uuid4()])
        assert client.get(stranger).status_code == 404

    def test_queries(self, client: Client, add_image, django_assert_max_num_queries) -> None:
        first, second = add_image(1, tags=("a",)), add_image(2, albums=("b",))
        with django_assert_max_num_queries(9):
            client.get(self.url(first, second))


class TestFingerprint:
    def url(self, image: Image) -> str:
        return reverse("gallery:fingerprint", args=[image.public_id])

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_bits_shown_are_those_stored(self, client: Client, add_image, format: str) -> None:
        image = add_image(upload(3, format=format))
        response = client.get(self.url(image))
        steps = response.context["steps"]
        assert np.array(steps.levels).shape == (8, 9)
        assert len(steps.cells) == 72
        assert steps.bits == image.dhash
        text = response.content.decode()
        assert "The hash stored for this picture" in text
        for name in ("phash", "dhash", "ahash", "whash", "colorhash"):
            assert str(getattr(image, name)) in text

    def test_missing_file(self, client: Client, add_image) -> None:
        image = add_image(1)
        image.file.storage.delete(image.file.name)
        response = client.get(self.url(image))
        assert response.status_code == 200
        assert "cannot be read from the storage" in response.content.decode()

    def test_damaged_file(self, client: Client, add_image) -> None:
        image = add_image(1)
        with image.file.storage.open(image.file.name, "wb") as file:
            file.write(b"no picture")
        response = client.get(self.url(image))
        assert response.status_code == 200
        assert "not a picture we can read" in response.content.decode()

    def test_no_file_at_all(self, client: Client, db: None) -> None:
        response = client.get(self.url(Image.objects.create(title="Lost")))
        assert "has no hashes" in response.content.decode()


@pytest.mark.django_db(transaction=True)
class TestSame:
    """The copies of a picture, while others are still being compared."""

    @pytest.fixture
    def copies(self, add_image) -> list[Image]:
        return [add_image(upload(1, quality=quality)) for quality in (90, 60)]

    def same(self, client: Client, image: Image, shown: int) -> tuple[int, str]:
        address = reverse("gallery:same", args=[image.public_id])
        response = client.get(address, {"shown": shown})
        return response.status_code, response.content.decode()

    def test_nothing_polls_when_nothing_waits(self, client: Client, copies: list[Image]) -> None:
        finish()
        text = panel(client, copies[0])
        assert "The same picture" in text
        assert "data-waits" not in text
        assert "Still comparing" not in text

    def test_the_page_asks_for_more_while_pictures_wait(
        self, client: Client, copies: list[Image], add_image
    ) -> None:
        subject = copies[0]
        copies[1].pk, copies[1].public_id = None, uuid.uuid4()
        copies[1].save(force_insert=True)  # as another program does
        text = panel(client, subject)
        assert "Still comparing pictures; more copies may appear." in text
        address = reverse("gallery:same", args=[subject.public_id])
        # A picture of equal content needs no comparison to be shown.
        assert f'hx-get="{address}?shown=2" hx-trigger="every 2s"' in text
        assert self.same(client, subject, shown=2) == (204, "")
        status, text = self.same(client, subject, shown=1)
        assert (status, "every 2s" in text) == (200, True)
        finish()
        status, text = self.same(client, subject, shown=2)
        assert (status, "every 2s" in text) == (200, False)
        assert "Still comparing" not in text

    def test_the_note_goes_even_if_there_are_no_copies(self, client: Client, add_image) -> None:
        subject = add_image(1)
        finish()
        status, text = self.same(client, subject, shown=0)
        assert (status, "<section" in text) == (200, False)

    def test_pictures_that_are_not_visible_have_no_copies_to_show(
        self, client: Client, add_image
    ) -> None:
        secret = add_image(1, visibility="private")
        assert client.get(reverse("gallery:same", args=[secret.public_id])).status_code == 404
