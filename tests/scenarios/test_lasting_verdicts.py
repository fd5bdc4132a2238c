"""What was said of two contents is not asked again, whatever becomes of their rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from gallery import library
from gallery.matching import follower
from gallery.matching.computed_clusters import image_clusters
from gallery.models import Cluster, Image
from hashing.receivers import hash_stored
from tests.gallery.review_letters import decide, kinds
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]


class TestVerdictsLast:
    """A pair that is settled stays so, whatever becomes of its pictures."""

    @pytest.fixture
    def pair(self, add_image: AddImage, reviewer: User) -> list[Image]:
        pair = [add_image(upload(1, f"{q}.jpg", quality=q), title=str(q)) for q in (90, 30)]
        decide(pair, "nn", reviewer)
        assert not image_clusters()
        return pair

    def test_new_hashes(self, pair: list[Image]) -> None:
        Image.objects.update(phash=None)
        for image in Image.objects.all():
            hash_stored(image, "file")
        assert not image_clusters()

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_another_way_to_decode(
        self, add_image: AddImage, reviewer: User, settings: Any, format: str
    ) -> None:
        big = photo(3, (1600, 1200))
        pair = [
            add_image(SimpleUploadedFile(name, encoded(picture, format)))
            for name, picture in [("a.jpg", big), ("b.jpg", big.resize((1500, 1125)))]
        ]
        decide(pair, "rr", reviewer)
        digests = list(Image.objects.values_list("content_digest", flat=True))
        settings.HASHING = {"DECODE": "exact"}
        call_command("hash_images", "--all", verbosity=0)
        assert list(Image.objects.values_list("content_digest", flat=True)) == digests
        follower.finish()
        assert not Cluster.objects.exists()
        follower.rebuild()
        assert not Cluster.objects.exists()

    def test_another_import(self, pair: list[Image], add_image: AddImage) -> None:
        Image.objects.all().delete()
        for quality in (90, 30):
            add_image(upload(1, quality=quality))
        assert not image_clusters()

    def test_same_picture_in_another_file(self, pair: list[Image]) -> None:
        data = pair[0].file.read()
        pair[0].file.close()
        comment = b"\xff\xfe\x00\x07later"
        pair[0].file = ContentFile(data[:2] + comment + data[2:], "new.jpg")
        pair[0].save(update_fields=["file"])
        assert Image.objects.get(pk=pair[0].pk).sha256 != Image.objects.get(pk=pair[1].pk).sha256
        assert not image_clusters()

    def test_trash_and_back(self, pair: list[Image], reviewer: User) -> None:
        library.trash(pair, reviewer)
        library.restore(pair, reviewer)
        assert not image_clusters()

    def test_other_distances(self, pair: list[Image]) -> None:
        assert not image_clusters(max_distance=16)
        assert not image_clusters(by="dhash", max_distance=16)

    def test_newcomer_opens_its_own_pairs_only(
        self, pair: list[Image], add_image: AddImage, reviewer: User
    ) -> None:
        newcomer = add_image(upload(1, quality=60))
        assert all(newcomer.pk in found.keys for found in image_clusters())
        decide([newcomer, pair[0]], "nn", reviewer)
        assert {key for found in image_clusters() for key in found.keys} == {
            newcomer.pk,
            pair[1].pk,
        }
        decide([newcomer, pair[1]], "rr", reviewer)
        assert not image_clusters()

    def test_copy_of_a_known_stranger_is_none(
        self, pair: list[Image], add_image: AddImage, reviewer: User
    ) -> None:
        newcomer = add_image(upload(1, quality=60))
        decide([pair[0], newcomer], "kt", reviewer)
        assert kinds(is_inferred=True) == ["not_a_duplicate"]
        library.restore([newcomer], reviewer)
        (found,) = image_clusters()
        assert set(found.keys) == {pair[0].pk, newcomer.pk}
