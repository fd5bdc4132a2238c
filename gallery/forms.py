"""What visitors may ask and tell, checked; every complaint is a sentence with a remedy."""

from __future__ import annotations

import csv
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from gallery.cells import ALBUM, TAG
from gallery.listings import SIZES, SORTS, Listing
from gallery.methods import Method, method
from gallery.models import Album, Image, Tag
from gallery.neighbourhoods import REACH
from gallery.stages import GAINS, VIEWS
from gallery.uploads import Details, named
from hashing.conf import setting
from hashing.fingerprint import Fingerprint

# Of one file that a person may have stored, each time on purpose.
MOST_COPIES = 20
# Of the grid at once: as many as the longest page of it has, and some.
MOST_SELECTED = 1000
PARTS_RANGE = f"The number of parts must be a whole number from 1 to {Listing.MOST_PARTS}."
COPIES_RANGE = f"The number of known copies must be a whole number from 0 to {MOST_COPIES}."


class PlainForm(forms.Form):
    """A form whose complaints can be said in one breath."""

    @property
    def complaint(self) -> str:
        return " ".join(message for messages in self.errors.values() for message in messages)


class NameList(forms.CharField):
    """Names separated by commas; one that holds a comma stands in double quotes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 1000, **kwargs})

    def to_python(self, value: Any) -> tuple[str, ...]:
        line = " ".join(str(super().to_python(value)).split())
        try:
            names = next(csv.reader([line], skipinitialspace=True, strict=True), [])
        except csv.Error:
            raise forms.ValidationError(
                "A quotation mark is missing; names end with one."
            ) from None
        names = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
        if too_long := next((name for name in names if len(name) > 100), None):
            raise forms.ValidationError(f"“{too_long[:20]}…” is longer than 100 characters.")
        return names

    def validate(self, value: Any) -> None:
        pass  # all of it is said above

    def run_validators(self, value: Any) -> None:
        super().run_validators(name_list(value))

    def prepare_value(self, value: Any) -> Any:
        return name_list(value) if isinstance(value, list | tuple) else value


def name_list(names: Any) -> str:
    """Write `names` as NameList reads them."""
    return ", ".join(
        '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name
        for name in names
    )


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


class ComparisonForm(PlainForm):
    """A method and a distance, both with the site's defaults."""

    by = forms.CharField(required=False, max_length=100, label="Method")
    max_distance = forms.IntegerField(required=False, label="Distance")

    LIMIT = REACH

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max_distance"].error_messages["invalid"] = self._range

    @property
    def _range(self) -> str:
        return f"The distance must be a whole number from 0 to {self.LIMIT}, such as 10."

    def clean_by(self) -> Method:
        try:
            return method(self.cleaned_data["by"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_max_distance(self) -> int:
        distance = self.cleaned_data["max_distance"]
        if distance is None:
            return setting("MAX_DISTANCE")
        if not 0 <= distance <= self.LIMIT:
            raise forms.ValidationError(self._range)
        return distance


class SideBySideForm(ComparisonForm):
    """How two pictures are shown beside each other."""

    plain = forms.BooleanField(required=False)
    view = forms.ChoiceField(
        required=False,
        choices=VIEWS.items(),
        error_messages={"invalid_choice": f"A view is one of {', '.join(VIEWS)}."},
    )
    gain = forms.TypedChoiceField(
        required=False,
        choices=[(gain, f"×{gain}") for gain in GAINS],
        coerce=int,
        empty_value=1,
        error_messages={"invalid_choice": f"A gain is one of {', '.join(map(str, GAINS))}."},
    )

    def clean_view(self) -> str:
        return self.cleaned_data["view"] or "side"


class NeighbourhoodForm(ComparisonForm):
    """What the panel of similar pictures is asked for."""

    all = forms.BooleanField(required=False)


class SearchForm(ComparisonForm):
    """A picture or a hash to search by; the hash as hex digits or as bits."""

    LIMIT = 64

    hash = forms.CharField(required=False, max_length=200, label="Hash")
    file = forms.FileField(required=False, allow_empty_file=True, max_length=None, label="Picture")

    @property
    def is_asked(self) -> bool:
        return bool(self.data.get("hash") or self.files)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("file") and not cleaned.get("hash") and "hash" not in self.errors:
            raise forms.ValidationError(
                "There is nothing to search by. Choose a picture, or give a hash in hex."
            )
        method, distance = cleaned.get("by"), cleaned.get("max_distance")
        if method and distance and distance > method.width:
            self.add_error(
                "max_distance",
                f"{method.label} hashes have {method.width} bits, so the distance must be "
                f"from 0 to {method.width}.",
            )
        if method and cleaned.get("hash") and not cleaned.get("file"):
            cleaned["subject"] = self._subject(method, cleaned["hash"])
        return cleaned

    def _subject(self, method: Method, text: str) -> Fingerprint | None:
        try:
            return method.parse(text)
        except ValueError as error:
            self.add_error("hash", str(error))
            return None


class LookupForm(PlainForm):
    """Which file is looked for, by its bytes."""

    sha256 = forms.RegexField(
        "^[0-9a-fA-F]{64}$",
        error_messages=dict.fromkeys(
            ("required", "invalid"),
            "Give the SHA-256 digest of a file as “sha256”: 64 hex digits.",
        ),
    )

    def clean_sha256(self) -> str:
        return self.cleaned_data["sha256"].lower()


class UploadForm(PlainForm):
    """What is said of all pictures that are sent together."""

    visibility = forms.ChoiceField(
        required=False,
        choices=Image.Visibility.choices,
        error_messages={"invalid_choice": "The visibility must be “public” or “private”."},
    )
    album = forms.CharField(required=False, max_length=100)
    tags = NameList()
    known_copies = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_COPIES,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), COPIES_RANGE),
    )

    def details(self) -> Details:
        cleaned = self.cleaned_data
        return Details(
            visibility=cleaned["visibility"] or Image.Visibility.PUBLIC,
            tags=cleaned["tags"],
            albums=tuple(filter(None, [cleaned["album"]])),
        )


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
