"""The pictures that a decision is about, locked until its transaction ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gallery import verdicts
from gallery.decisions import PicturePair
from gallery.models import Image
from gallery.people import Member


@dataclass(frozen=True)
class LockedPictures:
    """Pictures by primary key, with their tags and albums."""

    images: Mapping[int, Image]
    copy_ids: Mapping[int, str]
    """The ids of deleted copies that some of the pictures replaced."""

    @classmethod
    def of(cls, keys: Iterable[int], reviewer: Member) -> LockedPictures:
        """Lock the pictures that `reviewer` may see and that are not in the trash."""
        visible = Image.objects.visible_to(reviewer).filter(pk__in=list(keys))
        rows = visible.order_by("pk").select_for_update(of=("self",)).select_related("owner")
        images = {image.pk: image for image in rows.prefetch_related("tags", "albums")}
        return cls(images, verdicts.copy_ids(images.values()))

    def pair(self, first: int, second: int) -> PicturePair:
        """Return two of the pictures as a verdict names them."""
        return PicturePair.of(self.images[first], self.images[second], self.copy_ids)
