"""Forms of lists, selections and the edit page of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.decisions import ALBUM, TAG
from gallery.library.collections import MAX_NAME_LENGTH, get_or_create_named
from gallery.library.listings import SIZES, SORTS, Listing
from gallery.models import Album, Image, Tag
from gallery.web import NameList, PlainForm

# Django's class takes no parameter at run time.
if TYPE_CHECKING:
    ImageModelForm = forms.ModelForm[Image]
else:
    ImageModelForm = forms.ModelForm

# More than the longest page of the grid has.
MAX_SELECTED = 1000
MAX_QUERY_LENGTH = 200
MAX_SLUG_LENGTH = 110
# A cursor holds a title of up to 200 letters, each in six characters before it is encoded.
MAX_CURSOR_LENGTH = 2000

PARTS_RANGE = f"The number of parts must be a whole number from 1 to {Listing.MAX_PARTS}."
ACTIONS = "The action must be one of: tag, album, compare, trash."


class ListingForm(PlainForm):
    """The query string of a list of pictures."""

    q = forms.CharField(required=False, max_length=MAX_QUERY_LENGTH, label=_("Search"))
    sort = forms.ChoiceField(required=False, choices=SORTS)
    size = forms.ChoiceField(required=False, choices=SIZES)
    after = forms.CharField(required=False, max_length=MAX_CURSOR_LENGTH)
    before = forms.CharField(required=False, max_length=MAX_CURSOR_LENGTH)
    parts = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=Listing.MAX_PARTS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), PARTS_RANGE),
    )

    def listing(self) -> Listing:
        """Return the list that was asked for."""
        return Listing(**{name: value for name, value in self.cleaned_data.items() if value})


class SourceListForm(PlainForm):
    """The list that a picture was opened from, as the query string of its page names it."""

    tag = forms.CharField(required=False, max_length=MAX_SLUG_LENGTH)
    album = forms.CharField(required=False, max_length=MAX_SLUG_LENGTH)
    q = forms.CharField(required=False, max_length=MAX_QUERY_LENGTH)
    sort = forms.ChoiceField(required=False, choices=SORTS)

    @property
    def given(self) -> dict[str, str]:
        """The fields that have a value."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class PictureList(forms.Field):
    """Public ids of pictures, one in each field of the same name; repeated ids count once."""

    widget = forms.MultipleHiddenInput
    default_error_messages: ClassVar = {
        "required": _("No pictures are selected. Select some pictures first.")
    }

    def to_python(self, value: Any) -> list[UUID]:
        texts = list(dict.fromkeys(value or ()))
        if len(texts) > MAX_SELECTED:
            raise forms.ValidationError(
                f"Too many pictures are selected: {len(texts)} (limit {MAX_SELECTED}). "
                "Select fewer."
            )
        try:
            return [UUID(text) for text in texts]
        except ValueError:
            raise forms.ValidationError(
                "The selection is not valid. Reload the page and select the pictures again."
            ) from None


class SelectionForm(PlainForm):
    """An action on the selected pictures of the grid."""

    COMPARE, TRASH = "compare", "trash"

    picture = PictureList()
    do = forms.ChoiceField(
        choices=[(name, name) for name in (TAG, ALBUM, COMPARE, TRASH)],
        error_messages=dict.fromkeys(("required", "invalid_choice"), ACTIONS),
    )
    name = forms.CharField(required=False, max_length=MAX_NAME_LENGTH, label=_("Tag or album"))

    def clean(self) -> dict[str, Any]:
        action, pictures = self.cleaned_data.get("do"), self.cleaned_data.get("picture")
        if pictures and action == self.COMPARE and len(pictures) != 2:
            raise forms.ValidationError(
                f"Select exactly two pictures to compare; you selected {len(pictures)}."
            )
        has_name = "name" in self.errors or self.cleaned_data.get("name")
        if action in (TAG, ALBUM) and not has_name:
            raise forms.ValidationError(f"Enter the name of the {action}.")
        return self.cleaned_data


class ImageForm(ImageModelForm):
    """What people can change about a picture."""

    tag_names = NameList(label=_("Tags"), help_text=_("Separated by commas."))
    album_names = NameList(label=_("Albums"), help_text=_("Separated by commas."))

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
        """Save the picture and set its tags and albums, creating missing ones."""
        # Looked up first: a picture that becomes private keeps the names it had in public.
        tags = get_or_create_named(Tag, self.cleaned_data["tag_names"], self.instance.owner)
        albums = get_or_create_named(Album, self.cleaned_data["album_names"], self.instance.owner)
        image: Image = super().save(commit)
        image.tags.set(tags)
        image.albums.set(albums)
        return image
