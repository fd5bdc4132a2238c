"""What copies of a picture share: the whole file, its pixels, or only what they show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from django.db import models

from gallery.models import MatchKind


class ClusterKind(models.TextChoices):
    """What all members of a cluster share."""

    SAME_BYTES = "bytes", "Same file"
    SAME_PIXELS = "pixels", "Same pixels"
    SAME_PICTURE = "copy", "Same picture"
    ALTERED = "altered", "Altered picture"
    PART = "part", "Part of a picture"
    NEAR = "near", "Similar"


class HasDigests(Protocol):
    """Something with the digests of a picture."""

    @property
    def sha256(self) -> str: ...

    @property
    def content_digest(self) -> str: ...


def same_kind(pictures: Iterable[HasDigests]) -> MatchKind:
    """Return what all these copies of a picture share."""
    pictures = list(pictures)
    if len({picture.sha256 for picture in pictures}) == 1:
        return MatchKind.BYTES
    if len({picture.content_digest for picture in pictures}) == 1:
        return MatchKind.PIXELS
    return MatchKind.COPY
