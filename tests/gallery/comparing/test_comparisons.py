"""Two pictures side by side: aligned or as they are, and how they differ."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import ExifTags, ImageOps
from PIL import Image as PillowImage

from gallery.comparing.comparisons import Comparison
from gallery.models import Image
from hashing.fingerprints.dihedral import Turn
from hashing.fingerprints.framings import Framing
from tests.pictures import encoded, photo

MOUNT = 30


def drawn(image: PillowImage.Image, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.png", encoded(image, "PNG"))


@pytest.fixture
def original(add_image) -> Image:
    return add_image(drawn(photo(1), "original"))


class TestComparison:
    @pytest.mark.parametrize("turn", [turn for turn in Turn if turn != Turn.UPRIGHT])
    def test_turns_the_other_picture_back(self, add_image, original: Image, turn: Turn) -> None:
        copy = add_image(drawn(turn.applied_to(photo(1)), turn))
        comparison = Comparison.of(original, copy)
        assert comparison.match.alignment.turn == turn
        assert comparison.second.turn == turn.inverse
        assert comparison.second.size == (original.width, original.height)
        assert comparison.first.is_plain
        plain = Comparison.of(original, copy, is_plain=True)
        assert plain.needs_alignment
        assert plain.second.is_plain

    def test_marks_what_is_cut(self, add_image, original: Image) -> None:
        mounted = ImageOps.expand(photo(1), MOUNT, "white")
        comparison = Comparison.of(original, add_image(drawn(mounted, "mounted")))
        assert comparison.match.alignment.other_framing == Framing.UNFRAMED
        expected = (MOUNT, MOUNT, mounted.width - MOUNT, mounted.height - MOUNT)
        assert comparison.second.kept == pytest.approx(expected, abs=3)
        assert comparison.first.kept is None

    def test_marks_what_is_cut_of_small_pictures_too(self, add_image, original: Image) -> None:
        small = ImageOps.expand(photo(1).resize((200, 150)), MOUNT, "white")
        comparison = Comparison.of(original, add_image(drawn(small, "small")))
        expected = (MOUNT, MOUNT, small.width - MOUNT, small.height - MOUNT)
        assert comparison.second.kept == pytest.approx(expected, abs=3)

    def test_says_so_where_bars_cannot_be_read(self, add_image, original: Image) -> None:
        copy = add_image(drawn(ImageOps.expand(photo(1), MOUNT, "white"), "mounted"))
        copy.file.storage.delete(copy.file.name)
        copy.sha256 = "0" * 64  # of which there are no renditions
        assert Comparison.of(original, copy).second.is_plain

    def test_different_and_flat_pictures_do_not_match(self, add_image, original: Image) -> None:
        flat = add_image(drawn(PillowImage.new("RGB", (64, 64), "teal"), "flat"))
        for other in (add_image(2), flat):
            comparison = Comparison.of(original, other)
            assert comparison.match is None
            assert not comparison.needs_alignment


class TestPage:
    def test_shows_the_picture_turned_or_as_it_is(
        self, client: Client, add_image, original: Image
    ) -> None:
        copy = add_image(drawn(ImageOps.mirror(photo(1)), "copy"))
        url = reverse("gallery:compare", args=[original.public_id, copy.public_id])
        text = client.get(url).content.decode()
        assert f'transform="matrix(-1 0 0 1 {copy.width} 0)"' in text
        assert "mirrored back" in text
        assert "style=" not in text
        plain = client.get(url, {"plain": "1"}).content.decode()
        assert "matrix(" not in plain
        assert "The same picture." in plain

    def test_says_how_the_copy_differs_and_folds_what_is_equal(
        self, client: Client, add_image, original: Image
    ) -> None:
        small = photo(1).resize((160, 120))
        copy = add_image(drawn(ImageOps.mirror(small), "copy"))
        url = reverse("gallery:compare", args=[original.public_id, copy.public_id])
        text = client.get(url, {"plain": "1"}).content.decode()
        assert "B: mirrored, half the size" in text
        assert 'href="?plain=1&amp;by=dhash"' in text
        folded = text.split("<details", 1)[1]
        assert ">Type<" in folded
        assert ">Dimensions<" not in folded

    def test_equal_files(self, client: Client, add_image, original: Image, bob) -> None:
        copy = add_image(drawn(photo(1), "copy"), owner=bob)
        url = reverse("gallery:compare", args=[original.public_id, copy.public_id])
        assert "B: identical file" in client.get(url).content.decode()

    def test_names_the_metadata_that_differs(self, client: Client, add_image) -> None:
        plain, exif = photo(1), PillowImage.Exif()
        exif[ExifTags.Base.DateTime] = "2024:05:01 12:01:00"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
        first, second = (
            add_image(SimpleUploadedFile(f"{name}.jpg", encoded(plain, **options)))
            for name, options in (("bare", {}), ("tagged", {"exif": exif, "comment": b"Sent"}))
        )
        url = reverse("gallery:compare", args=[first.public_id, second.public_id])
        text = client.get(url).content.decode()
        assert "B: only metadata differs: date, GPS and comment" in text
        second.file.storage.delete(second.file.name)
        assert "B: only metadata differs" in client.get(url).content.decode()
