"""What pictures that are the same have in common: the file, the pixels or only the motif."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from django.db import models

from gallery.models import SameKind


class ClusterKind(models.TextChoices):
    """What the members of a cluster have in common at the least."""

    SAME_BYTES = "bytes", "Same file"
    SAME_PIXELS = "pixels", "Same pixels"
    SAME_PICTURE = "picture", "Same picture"
    NEAR = "near", "Similar"


class HasDigests(Protocol):
    """Something with the digests of a picture."""

    @property
    def sha256(self) -> str: ...

    @property
    def content_digest(self) -> str: ...


def same_kind(pictures: Iterable[HasDigests]) -> SameKind:
    """Return what pictures that are the same have in common at the least."""
    pictures = list(pictures)
    if len({picture.sha256 for picture in pictures}) == 1:
        return SameKind.BYTES
    if len({picture.content_digest for picture in pictures}) == 1:
        return SameKind.PIXELS
    return SameKind.PICTURE
