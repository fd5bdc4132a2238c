"""TODO docstring."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from gallery.decisions import ALBUM, TAG
from gallery.library.collections import named
from gallery.library.listings import SIZES, SORTS, Listing
from gallery.models import Album, Image, Tag
from gallery.web import NameList, PlainForm

# Of the grid at once: as many as the longest page of it has, and some.
MOST_SELECTED = 1000


PARTS_RANGE = f"The number of parts must be a whole number from 1 to {Listing.MOST_PARTS}."


class ListingForm(PlainForm):
    """What a list of pictures is asked for in its address."""

    q = forms.CharField(required=False, max_length=200, label="Search")
    sort = forms.ChoiceField(required=False, choices=SORTS)
    size = forms.ChoiceField(required=False, choices=SIZES)
    after = forms.CharField(required=False, max_length=1000)
    before = forms.CharField(required=False, max_length=1000)
    parts = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=Listing.MOST_PARTS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), PARTS_RANGE),
    )

    def listing(self) -> Listing:
        return Listing(**{name: value for name, value in self.cleaned_data.items() if value})


class OriginForm(PlainForm):
    """Which list a picture was found in, as the address of its page tells it."""

    tag = forms.CharField(required=False, max_length=110)
    album = forms.CharField(required=False, max_length=110)
    q = forms.CharField(required=False, max_length=200)
    sort = forms.ChoiceField(required=False, choices=SORTS)

    @property
    def told(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class PictureList(forms.Field):
    """Public ids of pictures, sent one by one; each counts once."""

    widget = forms.MultipleHiddenInput
    default_error_messages: ClassVar = {
        "required": "No picture is selected. Select some, then say what to do with them."
    }

    def to_python(self, value: Any) -> list[UUID]:
        texts = list(dict.fromkeys(value or ()))
        if len(texts) > MOST_SELECTED:
            raise forms.ValidationError(
                f"{len(texts)} pictures are selected; at most {MOST_SELECTED} go at once."
            )
        try:
            return [UUID(text) for text in texts]
        except ValueError:
            raise forms.ValidationError("What was sent names no pictures. Select anew.") from None


class SelectionForm(PlainForm):
    """What to do with some pictures of the grid."""

    COMPARE, TRASH = "compare", "trash"

    picture = PictureList()
    do = forms.ChoiceField(
        choices=[(name, name) for name in (TAG, ALBUM, COMPARE, TRASH)],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "What to do is one of: tag, album, compare, trash."
        ),
    )
    name = forms.CharField(required=False, max_length=100, label="Tag or album")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        wanted, pictures = cleaned.get("do"), cleaned.get("picture")
        if pictures and wanted == self.COMPARE and len(pictures) != 2:
            raise forms.ValidationError(
                f"Exactly two pictures can be compared, not {len(pictures)}."
            )
        is_named = "name" in self.errors or cleaned.get("name")
        if wanted in (TAG, ALBUM) and not is_named:
            raise forms.ValidationError(f"Write the name of the {wanted} beside its button.")
        return cleaned


class ImageForm(forms.ModelForm):
    """What people say of a picture."""

    tag_names = NameList(label="Tags", help_text="Separated by commas.")
    album_names = NameList(label="Albums", help_text="Separated by commas.")

    class Meta:
        model = Image
        fields = ("title", "description", "alt_text", "visibility", "shares_location")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tag_names"] = [tag.name for tag in self.instance.tags.all()]
        self.initial["album_names"] = [album.name for album in self.instance.albums.all()]
        self.fields["description"].widget.attrs["rows"] = 4
        self.fields["tag_names"].widget.attrs |= {"list": "known-tags", "data-suggest": ""}
        self.fields["album_names"].widget.attrs |= {"list": "known-albums", "data-suggest": ""}

    def save(self, commit: bool = True) -> Image:
        # Looked up first: a picture that is made private keeps the spellings it has in public.
        tags = named(Tag, self.cleaned_data["tag_names"], self.instance.owner)
        albums = named(Album, self.cleaned_data["album_names"], self.instance.owner)
        image = super().save(commit)
        image.tags.set(tags)
        image.albums.set(albums)
        return image
