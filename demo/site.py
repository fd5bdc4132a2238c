"""The database of the demonstration: its superuser and its pictures."""

import io
import secrets
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File

from demo.collection import DemoPicture, demo_pictures
from gallery.files import kept_together
from gallery.models import Image
from gallery.people import Member
from gallery.uploads import Details, decoded, store

USER_NAME = "demo"
# The folder that the pictures seem to be imported from.
SOURCE = "demo"

Progress = Callable[[list[DemoPicture]], Iterable[DemoPicture]]


def demo_user() -> Member:
    """Return the superuser, who owns all pictures of the demonstration."""
    return get_user_model().objects.get_by_natural_key(USER_NAME)


def superuser_password() -> str:
    """
    Return the password of the superuser, who is created the first time.

    Returns "as you set it" if somebody has changed the password since.
    """
    users = get_user_model().objects
    path = Path(settings.VAR_DIR) / "demo_password"
    user = users.filter(username=USER_NAME).first()
    if user is None:
        password = secrets.token_urlsafe(9)
        path.touch(mode=0o600)
        path.write_text(password)
        users.create_superuser(USER_NAME, password=password)
        return password
    password = path.read_text() if path.exists() else ""
    return password if user.check_password(password) else "as you set it"


def fill(progress: Progress) -> None:
    """Draw and store all pictures if the gallery is empty; `progress` passes each on."""
    if Image.objects.exists():
        return
    owner = demo_user()
    # All or nothing: an interrupted gallery would never be filled up.
    with kept_together() as images:
        for picture in progress(_oldest_first()):
            images.append(store_picture(picture, owner))


def store_picture(picture: DemoPicture, owner: Member) -> Image:
    """Store one picture with its title, tags and album."""
    file = File(io.BytesIO(picture.encoded()), name=picture.file_name)
    details = Details(
        title=picture.title,
        alt_text=picture.alt_text,
        tags=picture.tags,
        albums=(picture.album,) if picture.album else (),
        source=source_of(picture.file_name),
    )
    return store(file, decoded(file), owner, picture.file_name, details)


def source_of(file_name: str) -> str:
    """Return the source of the stored picture with this file name."""
    return f"{SOURCE}/{file_name}"


def _oldest_first() -> list[DemoPicture]:
    """Return all pictures so that the grid, newest first, starts as the collection does."""
    families = [
        list(family)
        for _, family in groupby(
            demo_pictures(), key=lambda picture: picture.original or picture.file_name
        )
    ]
    # In each family the original comes first: it is older than its copies.
    return [picture for family in reversed(families) for picture in family]
