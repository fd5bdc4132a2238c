"""
How the copies of a picture were made: files are read for it once, and only if there are copies.

`match_pictures` reads those of all clusters. A page reads some of those that it shows, and
suggests by what is known.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO

import numpy as np
from django.db.models import Exists, OuterRef

from gallery import matching
from gallery.models import ClusterMember, Image, Provenance, SameKind
from gallery.suggestions.copy_facts import LOSSLESS
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fingerprints import Framing, boxes
from hashing.forensics import Copy, earlier_quality, is_enlarged, may_be_enlarged
from hashing.pictures import decode, decode_luma

logger = logging.getLogger("gallery")

# Pixels of files that a page reads, which takes about a quarter of a second; and what a file that
# the storage does not give counts for.
PAGE_PIXELS, UNREAD_PIXELS = 6_000_000, 2_000_000
# Of a large cluster the largest copies are held against the best of the smaller ones.
MOST_LARGE, MOST_SMALL = 3, 24

Makings = dict[str, Provenance]
Group = Iterable[Image]


class _EnoughRead(Exception):
    """As many pixels were read as were to be."""


def makings_of(images: Iterable[Image]) -> Makings:
    """Return what is known of the contents of `images`, by digest."""
    digests = {image.content_digest for image in images} - {""}
    return Provenance.objects.in_bulk(digests) if digests else {}


def look_at(groups: Iterable[Group], most_pixels: float = float("inf")) -> Makings:
    """
    Read the files that nobody read yet, of groups of copies of one picture each.

    Stops before more than `most_pixels` are read, but does at least one thing. Returns what is
    known then of all of them, and stores what is new.
    """
    groups = [list(group) for group in groups]
    look = _Look(makings_of(image for group in groups for image in group), most_pixels)
    try:
        for group in groups:
            look.at(group)
    except _EnoughRead:
        logger.debug("More copies are looked at the next time.")
    if look.changed:
        # A page waits for no other writer: what it could not note is read again.
        with matching.hurried(is_patient=most_pixels == float("inf")):
            _store(look.changed)
    return look.known


def unseen_clusters() -> list[int]:
    """Return the keys of clusters of the same picture of which not all copies were looked at."""
    seen = Provenance.objects.filter(
        content_digest=OuterRef("image__content_digest"), is_compared=True
    )
    rows = ClusterMember.objects.filter(~Exists(seen), cluster__kind=SameKind.PICTURE)
    found = rows.exclude(image__content_digest="").order_by("cluster_id")
    return list(found.values_list("cluster_id", flat=True).distinct())


def look_at_cluster(key: int) -> None:
    """Read the files of a cluster that nobody read yet."""
    look_at(
        [Image.objects.filter(pk__in=ClusterMember.objects.filter(cluster=key).values("image"))]
    )


def _store(makings: Makings) -> None:
    names = [field.name for field in Provenance._meta.fields if not field.primary_key]
    Provenance.objects.bulk_create(
        makings.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["content_digest"],
        update_fields=names,
    )


@dataclass
class _Look:
    """Goes over groups of copies, and fills in what is not `known`."""

    known: Makings
    pixels: float
    """How many more may be read."""
    changed: Makings = field(default_factory=dict)
    _is_begun: bool = False

    def at(self, group: Group) -> None:
        # Of equal contents one tells all.
        copies = {image.content_digest: image for image in group if image.content_digest}
        fresh = {digest for digest in copies if not self._is_compared(digest)}
        for digest in sorted(fresh - self.known.keys()):
            self._look_alone(copies[digest])
        for small, large in _pairs([copies[d] for d in copies if d in self.known], self.known):
            if not fresh.isdisjoint((small.content_digest, large.content_digest)):
                self._compare(small, large)
        for digest in fresh & self.known.keys():
            self.known[digest].is_compared = True
            self.changed[digest] = self.known[digest]

    def _is_compared(self, digest: str) -> bool:
        return digest in self.known and self.known[digest].is_compared

    def _look_alone(self, image: Image) -> None:
        self._spend(image)
        if file := self._content(image):
            making = Provenance(content_digest=image.content_digest)
            try:
                _describe(making, image, file)
            except Refusal as refusal:
                _pass_over(refusal, image)
            self.known[making.pk] = self.changed[making.pk] = making

    def _compare(self, small: Image, large: Image) -> None:
        making = self.known[large.content_digest]
        if making.enlarged_from:
            return
        self._spend(small, large)
        files = self._content(small), self._content(large)
        if files[0] is None or files[1] is None:
            return
        try:
            if is_enlarged(_copy(small, files[0]), _copy(large, files[1])):
                making.enlarged_from = small.content_digest
                self.changed[making.pk] = making
        except Refusal as refusal:
            _pass_over(refusal, large)

    def _spend(self, *images: Image) -> None:
        """Count what is read next, unless it is too much; what comes first may be any size."""
        pixels = sum((image.width or 0) * (image.height or 0) for image in images)
        if self._is_begun and pixels > self.pixels:
            raise _EnoughRead
        self._is_begun = True
        self.pixels -= pixels

    def _content(self, image: Image) -> BytesIO | None:
        """Return the file of `image`; None if the storage does not give it now."""
        try:
            with image.file.storage.open(image.file.name, "rb") as file:
                return BytesIO(file.read())
        except Exception:
            # Storages raise whatever their services do, and may take their time for it.
            logger.warning("Cannot read %s to see how it was made.", image, exc_info=True)
            self.pixels -= UNREAD_PIXELS
            return None


def _pass_over(refusal: Refusal, image: Image) -> None:
    """Go on without what cannot be decoded, which it never can; stop while there is no room."""
    if refusal.code == "busy":
        raise _EnoughRead from refusal
    logger.warning("Cannot see how %s was made: %s", image, refusal)


def _describe(making: Provenance, image: Image, file: BytesIO) -> None:
    """Set what the file of `image` tells by itself."""
    luma, tables = decode_luma(file, decode_options())
    making.earlier_quality = earlier_quality(np.asarray(luma), tables) or 0
    if box := boxes(luma).get(Framing.UNFRAMED):
        left, top, right, bottom = box
        inside = (right - left, bottom - top)
        is_turned = luma.size != (image.width, image.height)
        making.inner_width, making.inner_height = inside[::-1] if is_turned else inside


def _copy(image: Image, file: BytesIO) -> Copy:
    whole = replace(decode_options(), short_side=None)
    pixels = decode(file, whole, sha256=image.sha256).image
    return Copy(pixels.convert("L"), image.jpeg_quality)


def _pairs(copies: Group, known: Makings) -> Iterator[tuple[Image, Image]]:
    """Yield which smaller copies the larger ones may be enlargements of, the best first."""

    def worth(image: Image) -> tuple[int, int, bool]:
        quality = image.jpeg_quality or 100
        earlier = known[image.content_digest].earlier_quality
        return image.width * image.height, min(quality, earlier or quality), not earlier

    ranked = sorted(filter(_tells_losses, copies), key=worth, reverse=True)
    smaller = [
        (large, [one for one in ranked if may_be_enlarged(_size(one), _size(large))])
        for large in ranked
    ]
    for large, some in [pair for pair in smaller if pair[1]][:MOST_LARGE]:
        yield from ((small, large) for small in some[:MOST_SMALL])


def _tells_losses(image: Image) -> bool:
    """Tell whether it is known how strongly `image` was compressed, or that it was not."""
    if not (image.width and image.height):
        return False
    is_lossless = image.format in LOSSLESS and (image.byte_size or 0) >= image.width * image.height
    return bool(image.jpeg_quality) or is_lossless


def _size(image: Image) -> tuple[int, int]:
    return image.width or 0, image.height or 0
