"""Tags, albums, lists of pictures, and the trash."""

from gallery.library.collections import (
    Collection,
    SomeCollection,
    album_covers,
    collections_of,
    get_or_create_named,
    visible_collections,
)
from gallery.library.forms import ImageForm, ListingForm, SelectionForm
from gallery.library.list_position import SourceList
from gallery.library.listings import SIZES, SORTS
from gallery.library.tagging import put_on
from gallery.library.trash import expired, purge, restore, trash, trashed_until

__all__ = [
    "SIZES",
    "SORTS",
    "Collection",
    "ImageForm",
    "ListingForm",
    "SelectionForm",
    "SomeCollection",
    "SourceList",
    "album_covers",
    "collections_of",
    "expired",
    "get_or_create_named",
    "purge",
    "put_on",
    "restore",
    "trash",
    "trashed_until",
    "visible_collections",
]
