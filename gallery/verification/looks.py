"""Look at the pixels of two pictures that hashes have matched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from PIL import Image as PillowImage

from gallery.files import SIZES, largest_size, open_rendition
from gallery.models import Image
from gallery.verification.closeups import previews_of
from gallery.verification.records import ContentPair, ordered
from hashing.exceptions import Refusal
from hashing.fingerprints import Alignment
from hashing.pictures import Preview
from hashing.verification import Kind, Verification, verify

# The rendition that small print is read in.
CLOSER_SIZE = SIZES[1]


@dataclass(frozen=True)
class CandidatePair:
    """Two pictures that hashes have matched; `alignment` is that of the first to the second."""

    first: Image
    second: Image
    alignment: Alignment

    @property
    def contents(self) -> ContentPair:
        return ordered(self.first.content_digest, self.second.content_digest)

    @property
    def in_order(self) -> CandidatePair:
        """The same pair, seen from the picture with the smaller digest."""
        if self.first.content_digest <= self.second.content_digest:
            return self
        return self.swapped

    @property
    def swapped(self) -> CandidatePair:
        """The same pair, seen from the second picture."""
        return CandidatePair(self.second, self.first, self.alignment.swapped())


def look_at(
    pairs: Iterable[CandidatePair], unstored: Preview | None = None
) -> Iterator[tuple[CandidatePair, Verification]]:
    """
    Yield `pairs` in order, each with what its pixels show.

    `unstored` is the preview of pictures that are not stored. Pairs of which a file cannot be read
    are left out.
    """
    pairs = list(pairs)
    images = {image for pair in pairs for image in (pair.first, pair.second) if image.pk}
    previews = previews_of(images)
    for pair in pairs:
        first, second = (
            previews.get(image.pk) if image.pk else unstored for image in (pair.first, pair.second)
        )
        if first and second:
            yield pair, _look(pair, first, second)


def _look(pair: CandidatePair, first: Preview, second: Preview) -> Verification:
    seen = verify(first, second, pair.alignment, _Closer(pair))
    # An animation shows more than a still of its first frame, which is all that previews show.
    if pair.first.is_animation != pair.second.is_animation:
        return replace(seen, kind=Kind.DIFFERENT)
    return seen


@dataclass(frozen=True)
class _Closer:
    """Fetches larger pixels of both pictures, for the few pairs that need them."""

    pair: CandidatePair

    def __call__(self) -> tuple[Preview, Preview] | None:
        if not (self.pair.first.pk and self.pair.second.pk):
            return None
        try:
            return _enlarged(self.pair.first), _enlarged(self.pair.second)
        except (Refusal, OSError):
            return None


def _enlarged(image: Image) -> Preview:
    data = open_rendition(image, min(CLOSER_SIZE, largest_size(image)))
    with PillowImage.open(BytesIO(data)) as rendition:
        return Preview(np.asarray(rendition.convert("RGB")))
