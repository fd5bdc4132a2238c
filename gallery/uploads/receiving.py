"""One uploaded file becomes a stored picture, or is rejected with a reason."""

from __future__ import annotations

import logging

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction

from gallery.files import clean_name, kept_with_row, write_files
from gallery.models import Closeup, Image
from gallery.people import Member
from gallery.querysets import SHOWN_FIRST
from gallery.uploads.accepted_files import refuse_unopened
from gallery.uploads.details import Details
from gallery.uploads.look_alikes import look_alikes
from gallery.uploads.new_pictures import new_image, save_row
from gallery.uploads.outcomes import Outcome, OutcomeStatus, already_here
from gallery.verification import closeup_of
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.pictures import decode, file_digest

logger = logging.getLogger("gallery")


def receive(
    file: File[bytes], owner: Member, details: Details | None = None, known_copies: int = 0
) -> Outcome:
    """
    Store an uploaded `file` for `owner`, unless it is rejected or a duplicate.

    It is a duplicate if `owner` has more than `known_copies` pictures with exactly this file. So
    after a lost answer it can be sent again, and is stored only once.
    """
    name, details = clean_name(file.name or ""), details or Details()
    try:
        refuse_unopened(file)
        # Before decoding, because computing the digest takes a tenth of the time.
        sha256 = file_digest(file)
        if copy := _unexpected_copy(sha256, owner, known_copies):
            return already_here(name, copy, owner)
        picture = decode(file, decode_options(), sha256=sha256)
    except Refusal as refusal:
        logger.info("Refused %r: %s", name, refusal.code, exc_info=refusal.__cause__)
        return Outcome.refused(name, refusal)
    image = new_image(owner, name, details)
    with kept_with_row(image):
        # Outside the transaction, so that a slow storage blocks no other writer.
        write_files(image, file, picture)
        closeup = closeup_of(image, picture)
        copy = _save_unless_copied(image, closeup, owner, details, known_copies)
    if copy:
        return already_here(name, copy, owner)
    similar = tuple(look_alikes(image, owner))
    return Outcome(name, OutcomeStatus.STORED, image, similar=similar)


@transaction.atomic
def _save_unless_copied(
    image: Image, closeup: Closeup, owner: Member, details: Details, known_copies: int
) -> Image | None:
    """Save the row of `image`; if another request has just stored this file, return its picture."""
    _lock(owner)
    copy = _unexpected_copy(image.sha256, owner, known_copies)
    if copy is None:
        save_row(image, details)
        closeup.save(force_insert=True)
    return copy


def _unexpected_copy(sha256: str, owner: Member, known_copies: int) -> Image | None:
    """Return a picture with this file if `owner` has more than `known_copies` of them."""
    copies = Image.objects.owned_by(owner).filter(sha256=sha256)
    newest = copies.order_by(SHOWN_FIRST, "-pk")[: known_copies + 1]
    return newest[0] if len(newest) > known_copies else None


def _lock(owner: Member) -> None:
    # On PostgreSQL, uploads of one owner wait for each other here; SQLite allows only one writer
    # anyway. The key itself is not locked: decisions of the same person check it when they commit,
    # and would wait for this upload while it waits for them to append to the log.
    get_user_model()._base_manager.select_for_update(no_key=True).get(pk=owner.pk)
