"""What forms take, and the sentences with which they refuse."""

import pytest

from gallery.comparing.forms import ComparisonForm
from gallery.comparing.hash_methods import method
from gallery.library.forms import ImageForm
from gallery.similar.forms import SearchForm
from gallery.uploads.forms import UploadForm
from gallery.web.forms import NameList, name_list
from hashing.fingerprints.perceptual_hash import PerceptualHash


class TestNameList:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", ()),
            ("sea", ("sea",)),
            (" sea ,  the  beach ,, sea", ("sea", "the beach")),
            ('"Bonn, Berlin", night', ("Bonn, Berlin", "night")),
            ("sea\nbeach", ("sea beach",)),
        ],
    )
    def test_reads(self, text: str, names: tuple[str, ...]) -> None:
        assert NameList().clean(text) == names

    @pytest.mark.parametrize("names", [["a"], ["a", "b c"], ["a, b", "c"], ['say "x"', "y"]])
    def test_round_trip(self, names: list[str]) -> None:
        assert NameList().clean(name_list(names)) == tuple(names)

    def test_unclosed_quotation(self) -> None:
        form = UploadForm({"tags": '"sea, beach'})
        assert "quotation mark" in form.error_text

    def test_long_name(self) -> None:
        form = UploadForm({"tags": "x" * 101})
        assert "longer than 100 characters" in form.error_text


class TestComparisonForm:
    def test_defaults(self) -> None:
        form = ComparisonForm({})
        assert form.is_valid()
        assert form.cleaned_data == {"by": method("phash"), "max_distance": 10}

    @pytest.mark.parametrize("distance", ["abc", "-1", "33", "1.5", "99"])
    def test_bad_distance(self, distance: str) -> None:
        form = ComparisonForm({"max_distance": distance})
        assert form.error_text == "The distance must be a whole number from 0 to 32, such as 10."

    def test_unescaped_plus(self) -> None:
        form = ComparisonForm({"by": "ahash colorhash"})
        assert form.is_valid()
        assert form.cleaned_data["by"].name == "ahash+colorhash"
        assert form.cleaned_data["by"].width == 106

    def test_unknown_method(self) -> None:
        form = ComparisonForm({"by": "md5"})
        assert form.error_text.startswith("“md5” is no method. Choose one of phash, dhash,")


class TestSearchForm:
    def test_hash_in_hex(self) -> None:
        form = SearchForm({"hash": " 81D07fffe0611a85 "})
        assert form.is_valid()
        assert form.cleaned_data["subject"].hashes == {
            "phash": PerceptualHash.from_hex("81d07fffe0611a85")
        }

    def test_hash_in_bits(self) -> None:
        form = SearchForm({"hash": "01" * 32, "by": "dhash"})
        assert form.is_valid()
        assert form.cleaned_data["subject"].hashes["dhash"].bits == "01" * 32

    def test_sum(self) -> None:
        form = SearchForm({"hash": "0" * 16 + "+" + "0" * 11, "by": "ahash+colorhash"})
        assert form.is_valid()
        assert set(form.cleaned_data["subject"].hashes) == {"ahash", "colorhash"}

    @pytest.mark.parametrize(
        ("data", "complaint"),
        [
            ({}, "nothing to search by"),
            ({"hash": "81d0"}, "A hash of 64 bits has 16 hex digits"),
            ({"hash": "z" * 16}, "digits 0-9 and a-f only"),
            ({"hash": "f" * 16, "by": "ahash+colorhash"}, "compares 2 hashes, not 1"),
            ({"hash": "f" * 11, "by": "colorhash"}, "42"),
            ({"hash": "0" * 11, "by": "colorhash", "max_distance": "50"}, "from 0 to 42"),
            ({"hash": "f" * 16, "max_distance": "65"}, "from 0 to 64"),
        ],
    )
    def test_complaints(self, data: dict[str, str], complaint: str) -> None:
        assert complaint in SearchForm(data).error_text


class TestUploadForm:
    def test_details(self) -> None:
        form = UploadForm({"visibility": "private", "album": "Sea", "tags": "a, b"})
        assert form.is_valid()
        details = form.details()
        assert (details.visibility, details.albums, details.tags) == (
            "private",
            ("Sea",),
            ("a", "b"),
        )

    def test_nothing_said(self) -> None:
        form = UploadForm({})
        assert form.is_valid()
        assert form.details().visibility == "public"
        assert form.details().albums == ()

    def test_unknown_visibility(self) -> None:
        complaint = UploadForm({"visibility": "secret"}).error_text
        assert complaint == "The visibility must be “public” or “private”."


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
