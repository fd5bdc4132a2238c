"""A decoded file becomes a picture: its files, its row, and the tags and albums it is put on."""

from typing import IO

from django.db import transaction

from gallery.files import kept_with_row, title_from, write_files
from gallery.library import get_or_create_named
from gallery.models import Album, Image, Tag
from gallery.people import Member
from gallery.uploads.details import Details
from gallery.verification import closeup_of
from hashing.pictures import Picture


def store(
    file: IO[bytes], picture: Picture, owner: Member | None, name: str, details: Details
) -> Image:
    """Store `file`, decoded as `picture`, as a new Image. A failure leaves nothing behind."""
    image = new_image(owner, name, details)
    with kept_with_row(image):
        write_files(image, file, picture)
        closeup = closeup_of(image, picture)
        with transaction.atomic():
            save_row(image, details)
            closeup.save(force_insert=True)
    return image


def new_image(owner: Member | None, name: str, details: Details) -> Image:
    """Return an Image for a file called `name`, with neither a stored file nor a row."""
    return Image(
        owner=owner,
        original_name=name,
        title=details.title or title_from(name),
        description=details.description,
        alt_text=details.alt_text,
        visibility=details.visibility,
        source=details.source,
    )


def save_row(image: Image, details: Details) -> None:
    """Insert the row of `image` and put it on its tags and albums, in the open transaction."""
    image.save()
    image.tags.set(get_or_create_named(Tag, details.tags, image.owner))
    image.albums.set(get_or_create_named(Album, details.albums, image.owner))
