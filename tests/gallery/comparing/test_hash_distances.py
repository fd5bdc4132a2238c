"""The distances of two pictures by every hash, as stored and aligned."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage
from PIL import ImageOps

from gallery.comparing.comparisons import Comparison
from gallery.comparing.hash_distances import hash_distances
from gallery.comparing.hash_methods import COMPARED
from gallery.files.renditions import SIZES, rendition_key
from gallery.models import Image
from hashing.fingerprints.dihedral import Turn
from tests.pictures import encoded, photo

MOUNT = 30


def drawn(image: PillowImage.Image, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.png", encoded(image, "PNG"))


@pytest.fixture
def original(add_image) -> Image:
    return add_image(drawn(photo(1), "original"))


class TestHashDistances:
    def test_every_hash_is_told(self, client: Client, add_image, original: Image) -> None:
        other = add_image(drawn(photo(2), "other"))
        found = {one.method.name: one for one in hash_distances(Comparison.of(original, other))}
        assert {*COMPARED, "ahash+colorhash", "dct256"} == found.keys()
        assert all(one.aligned is None for one in found.values())
        for name, one in found.items():
            if "+" not in name:
                expected = getattr(original, name) - getattr(other, name)
                assert one.as_stored.distance == expected
        page = client.get(reverse("gallery:compare", args=[original.public_id, other.public_id]))
        text = page.content.decode()
        assert "Fine perceptual" in text
        assert "of 256" in text
        assert "Aligned" not in text

    @pytest.mark.parametrize("turn", [turn for turn in Turn if turn != Turn.UPRIGHT])
    def test_turned_copies_are_near_once_turned_back(
        self, add_image, original: Image, turn: Turn
    ) -> None:
        mounted = ImageOps.expand(photo(1), MOUNT, "white")
        copy = add_image(drawn(turn.applied_to(mounted), turn))
        for plain in (False, True):
            found = hash_distances(Comparison.of(original, copy, plain))
            by_name = {one.method.name: one for one in found}
            for name in ("phash", "dhash", "ahash", "whash", "colorhash"):
                assert by_name[name].aligned.distance <= 6, name
            assert by_name["dhash"].as_stored.distance > 16
            match = Comparison.of(original, copy).match
            assert by_name["dct256"].aligned.distance == match.alignment.distance

    def test_missing_files_leave_what_is_stored(
        self, client: Client, add_image, original: Image
    ) -> None:
        copy = add_image(drawn(Turn.MIRRORED.applied_to(photo(1)), "mirrored"))
        for name in (copy.file.name, *(rendition_key(copy, size) for size in SIZES)):
            copy.file.storage.delete(name)
        found = hash_distances(Comparison.of(original, copy))
        told = {one.method.name for one in found if one.aligned}
        assert told == {"dct256"}
        page = client.get(reverse("gallery:compare", args=[original.public_id, copy.public_id]))
        assert page.status_code == 200
        assert "A file cannot be read" in page.content.decode()
