"""Tags, albums, lists of pictures, and the trash."""

from gallery.library.collections import Shelf, named, shelves_of, shown_to, with_covers
from gallery.library.forms import ImageForm, ListingForm, SelectionForm
from gallery.library.list_position import Origin
from gallery.library.listings import SIZES, SORTS
from gallery.library.tagging import put_on
from gallery.library.trash import expired, purge, restore, trash, trashed_until

__all__ = [
    "SIZES",
    "SORTS",
    "ImageForm",
    "ListingForm",
    "Origin",
    "SelectionForm",
    "Shelf",
    "expired",
    "named",
    "purge",
    "put_on",
    "restore",
    "shelves_of",
    "shown_to",
    "trash",
    "trashed_until",
    "with_covers",
]
