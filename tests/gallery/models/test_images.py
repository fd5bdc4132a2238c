"""Pictures: what a row knows about itself, and under which keys files are stored."""

from datetime import UTC, datetime

import pytest

from gallery.models.images import Image, Size, storage_key
from tests.pictures import upload


class TestStorageKey:
    def test_only_the_extension_comes_from_the_name(self) -> None:
        key = storage_key(Image(), "../../C:\\evil\x00.JPG")
        assert key.startswith("originals/")
        assert key.endswith(".jpg")
        assert "evil" not in key

    def test_every_file_gets_a_new_one(self) -> None:
        image = Image()
        assert storage_key(image, "a.jpg") != storage_key(image, "a.jpg")


class TestSize:
    def test_known(self) -> None:
        assert Image(width=4000, height=3000).size == Size(4000, 3000)
        assert Image(width=4000, height=3000).megapixels == 12

    @pytest.mark.parametrize("columns", [{}, {"width": 4000}, {"height": 3000}])
    def test_unknown(self, columns: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="is unknown"):
            _ = Image(**columns).size
        assert Image(**columns).megapixels == 0


class TestTexts:
    def test_name_is_the_first_text_that_there_is(self) -> None:
        image = Image(original_name="a.jpg")
        assert str(image) == "a.jpg"
        image.title = "Tea"
        assert str(image) == "Tea"
        image = Image()
        assert str(image) == str(image.public_id)

    def test_alternative_text_is_never_a_file_name(self) -> None:
        image = Image(original_name="a.jpg", created_at=datetime(2026, 5, 1, tzinfo=UTC))
        assert image.alt == "Untitled picture, uploaded 1 May 2026"
        image.title = "Tea"
        assert image.alt == "Tea"
        image.alt_text = "A cup of tea"
        assert image.alt == "A cup of tea"


@pytest.mark.django_db
def test_saving_the_file_alone_saves_all_that_follows_from_it() -> None:
    image = Image.objects.create(file=upload(1), title="before")
    image.file, image.title = upload(2, format="PNG"), "after"
    image.save(update_fields=["file"])
    saved = Image.objects.get()
    assert (saved.format, saved.title) == ("PNG", "before")
    for name in Image.DERIVED:
        assert getattr(saved, name) == getattr(image, name), name
