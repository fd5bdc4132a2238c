"""One function: a file that someone sent becomes a stored picture, or a refusal with its reason."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import BinaryIO

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction

from gallery.conf import setting
from gallery.files import clean_name, kept_with_row, promises_picture, title_from, write_files
from gallery.library import get_or_create_named
from gallery.models import Album, Image, Tag
from gallery.people import Member, Visitor
from gallery.querysets import SHOWN_FIRST
from gallery.similar import same_at_once
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.pictures import FORMATS, Picture, decode, file_digest

logger = logging.getLogger("gallery")

EXTENSIONS = {
    "JPEG": "jpg",
    "PNG": "png",
    "GIF": "gif",
    "WEBP": "webp",
    "AVIF": "avif",
    "HEIF": "heic",
}
CONTENT_TYPES = {name: f"image/{name.lower()}" for name in EXTENSIONS}


@dataclass(frozen=True)
class Details:
    """What the sender says of a picture."""

    title: str = ""
    description: str = ""
    alt_text: str = ""
    visibility: str = Image.Visibility.PUBLIC
    tags: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """
    What became of one file.

    `image` is the stored picture, or the one that is already here; `reason` a sentence for
    the sender, `code` the same for programs. `similar` holds pictures the sender may see that
    look like it, the same picture before others, each with `.distance` and `.same`.
    """

    name: str
    status: str  # "stored", "duplicate" or "rejected"
    image: Image | None = None
    similar: list[Image] = field(default_factory=list)
    code: str = ""
    reason: str = ""


def accepted_types() -> str:
    """Return the content types that are taken in here, as a file input lists them."""
    return ",".join(CONTENT_TYPES[name] for name in FORMATS)


def receive(
    file: File,
    owner: Member,
    details: Details | None = None,
    known_copies: int = 0,
) -> Outcome:
    """
    Take in one uploaded `file` for `owner`.

    A file that the owner has more often, byte for byte, than in the `known_copies` is not stored
    again: so it can be sent until an answer comes, and is stored once. Nothing is stored of a
    file that is refused.
    """
    name = clean_name(file.name or "")
    try:
        _refuse_unopened(file)
        # Before it is decoded: reading a file costs a tenth of that.
        sha256 = file_digest(file)
        if twin := _twin(sha256, owner, known_copies):
            return already_here(name, twin, owner)
        picture = decode(file, decode_options(), sha256=sha256)
    except Refusal as refusal:
        logger.info("Refused %r: %s", name, refusal.code, exc_info=refusal.__cause__)
        return Outcome(name, "rejected", code=refusal.code, reason=refusal.message)
    details = details or Details()
    image = unsaved(file, picture, owner, name, details)
    if twin := _stored_meanwhile(image, owner, known_copies, details):
        return already_here(name, twin, owner)
    return Outcome(name, "stored", image=image, similar=look_alikes(image, owner))


def already_here(name: str, twin: Image, viewer: Visitor) -> Outcome:
    """Tell `viewer`, who may see `twin`, of a file called `name` that it is the same."""
    if twin.owner_id is None or twin.owner_id != viewer.pk:
        reason = "Exactly this file is here already, from somebody else."
        return Outcome(name, "duplicate", image=twin, code="here", reason=reason)
    if twin.is_trashed:
        reason = "You have exactly this file, in the trash. Restore it from there."
        return Outcome(name, "duplicate", image=twin, code="in_trash", reason=reason)
    reason = "You already have exactly this file."
    return Outcome(name, "duplicate", image=twin, code="duplicate", reason=reason)


def decoded(file: File) -> Picture:
    """Decode and return the picture in `file`, or raise Refusal."""
    _refuse_unopened(file)
    return decode(file, decode_options())


def store(
    file: BinaryIO, picture: Picture, owner: Member | None, name: str, details: Details
) -> Image:
    """Store `file`, whose `picture` was just decoded, as a new Image; all of it or nothing."""
    image = unsaved(file, picture, owner, name, details)
    with kept_with_row(image):
        write_files(image)
        with transaction.atomic():
            _save(image, details)
    return image


def unsaved(
    file: BinaryIO, picture: Picture, owner: Member | None, name: str, details: Details
) -> Image:
    """Return an Image of `file`, whose `picture` was just decoded; nothing is stored yet."""
    file.seek(0)
    upload = File(file, name=f"upload.{EXTENSIONS[picture.format]}")
    upload.picture = picture  # the hashes come from here, so that it is not decoded again
    return Image(
        owner=owner,
        file=upload,
        original_name=name,
        title=details.title or title_from(name),
        description=details.description,
        alt_text=details.alt_text,
        visibility=details.visibility,
        source=details.source,
    )


def look_alikes(image: Image, viewer: Member, limit: int = 4) -> list[Image]:
    """
    Return the nearest pictures to `image` that `viewer` may see, the same picture before others.

    Each has `.distance` and `.same`, a SamePicture or None.
    """
    same = {one.image.pk: one for one in same_at_once(image, viewer, limit)}
    found = [_at_distance(one.image, _distance(image, one.image)) for one in same.values()]
    if image.is_informative and len(found) < limit:
        visible = Image.objects.visible_to(viewer).filter(is_informative=True).exclude(pk__in=same)
        found += visible.similar_to(image)[: limit - len(found)]
    for other in found:
        other.same = same.get(other.pk)
    return found


def _distance(image: Image, other: Image) -> int:
    return 0 if image.content_digest == other.content_digest else image.phash - other.phash


def _at_distance(image: Image, distance: int) -> Image:
    image.distance = distance
    return image


def _refuse_unopened(file: File) -> None:
    """Raise Refusal if the size or the name of `file` is reason enough."""
    limit = setting("MAX_UPLOAD_BYTES")
    if not file.size:
        raise Refusal("empty", "This file is empty. Choose it again from where you have it whole.")
    if file.size > limit:
        raise Refusal(
            "too_large",
            f"This file has {_megabytes(file.size)}; the limit is {_megabytes(limit)}. "
            "Export it smaller and try again.",
        )
    if not promises_picture(clean_name(file.name or "")):
        raise Refusal(
            "wrong_extension",
            "The name of this file does not end like a picture's. "
            "Rename it to what it is, such as .jpg or .png, and try again.",
        )


def _stored_meanwhile(
    image: Image, owner: Member, known_copies: int, details: Details
) -> Image | None:
    """Store `image`, unless another request has just stored the same file: then return that one."""
    with kept_with_row(image):
        # Before the transaction: a slow storage keeps nobody else from writing.
        write_files(image)
        # One transaction, and on SQLite one writer at a time: of the same file sent twice at
        # once the second finds the first.
        with transaction.atomic():
            _lock(owner)
            twin = _twin(image.sha256, owner, known_copies)
            if twin is None:
                _save(image, details)
            return twin


def _save(image: Image, details: Details) -> None:
    image.save()
    image.tags.set(get_or_create_named(Tag, details.tags, image.owner))
    image.albums.set(get_or_create_named(Album, details.albums, image.owner))


def _twin(sha256: str, owner: Member, known_copies: int) -> Image | None:
    """Return a copy that `owner` has beyond the known ones, rather not from the trash."""
    own = Image.objects.owned_by(owner).filter(sha256=sha256)
    found = own.order_by(SHOWN_FIRST, "-pk")[: known_copies + 1]
    return found[0] if len(found) > known_copies else None


def _lock(owner: Member) -> None:
    # On PostgreSQL one upload of an owner at a time passes the look for a twin; SQLite has
    # one writer anyway. Not the key is locked: decisions of the same person, which check it while
    # they commit, would wait for this upload, and this upload for their place in the log.
    get_user_model()._base_manager.select_for_update(no_key=True).get(pk=owner.pk)


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
