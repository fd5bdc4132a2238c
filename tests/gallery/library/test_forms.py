"""What the form accepts that edits a picture."""

from gallery.library.forms import ImageForm


class TestImageForm:
    def test_tags_and_albums(self, add_image) -> None:
        image = add_image(tags=("sea, north", "beach"), albums=("Holidays",))
        form = ImageForm(instance=image)
        assert form["tag_names"].value() == 'beach, "sea, north"'
        form = ImageForm(
            {"title": "T", "visibility": "private", "tag_names": "BEACH, new", "album_names": ""},
            instance=image,
        )
        assert form.is_valid(), form.errors
        form.save()
        image.refresh_from_db()
        assert {tag.name for tag in image.tags.all()} == {"beach", "new"}
        assert not image.albums.exists()
        assert (image.title, image.visibility) == ("T", "private")
