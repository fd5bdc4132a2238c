"""Two pictures as a verdict names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from gallery.decisions.targets import PairVerdict
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Image, Verdict
from gallery.people import Member


@dataclass(frozen=True)
class PicturePair:
    """Two pictures, in the order of their digests and then of the copies they are."""

    first: Image
    second: Image
    copies: tuple[str, str]
    """The public ids by which verdicts know them among pictures of equal content."""

    @classmethod
    def of(cls, one: Image, other: Image, copy_ids: Mapping[int, str]) -> PicturePair:
        """
        Return the pair of two pictures.

        `copy_ids` are those of pictures that replaced a deleted copy, by primary key.
        """
        named = [(copy_ids.get(image.pk, str(image.public_id)), image) for image in (one, other)]
        (a, first), (b, second) = sorted(named, key=lambda name: (name[1].content_digest, name[0]))
        return cls(first, second, (a, b))

    @property
    def is_of_one_content(self) -> bool:
        return self.first.content_digest == self.second.content_digest

    @property
    def target(self) -> PairVerdict:
        """Where the verdict on the two is stored."""
        copies = self.copies if self.is_of_one_content else None
        return PairVerdict(self.first.content_digest, self.second.content_digest, copies)

    def verdict(self, kind: Verdict.Kind, reviewer: Member) -> VerdictValue:
        """Return the verdict that `reviewer` gives now."""
        files = (self.first.sha256, self.second.sha256) if self.is_of_one_content else None
        keys = (self.first.pk, self.second.pk)
        return VerdictValue(kind, reviewer.pk, timezone.now(), *keys, files)
