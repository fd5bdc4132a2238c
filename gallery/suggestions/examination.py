"""
Examine how copies were produced, by reading their files once.

Only pictures that have copies are examined. `match_pictures` examines those of all clusters; a page
examines some of the copies that it shows, and suggests by what is known so far.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from io import BytesIO
from math import inf

import numpy as np

from gallery import matching
from gallery.models import ClusterMember, Image, Provenance
from gallery.suggestions.copy_facts import is_lossless
from gallery.suggestions.provenance import Provenances, known_provenance, store_provenance
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fingerprints import Framing, boxes
from hashing.forensics import Copy, earlier_quality, is_enlarged, may_be_enlarged
from hashing.pictures import decode, decode_luma

logger = logging.getLogger("gallery")

# Pixels that a page reads, which takes about a quarter of a second, and the pixels that a file
# counts for if the storage does not return it.
PAGE_PIXELS, MISSING_PIXELS = 6_000_000, 2_000_000
# In a large cluster the largest copies are compared with the best of the smaller ones.
MOST_LARGE, MOST_SMALL = 3, 24

Group = Iterable[Image]


class _PixelsSpent(Exception):
    """One call has read as many pixels as it is allowed to."""


def examine_for_page(groups: Iterable[Group]) -> Provenances:
    """
    Examine a few copies of these groups, and return all their known provenances.

    Pages that only show something write rows of Provenance through this function alone, so that
    it is the one place to change once examining has a process of its own.
    """
    return examine(groups, PAGE_PIXELS)


def examine(groups: Iterable[Group], most_pixels: float = inf) -> Provenances:
    """
    Read the files that were not read yet, of groups of copies of one picture each.

    Stops before it would read more than `most_pixels`, but reads at least one file. Stores the
    results, and returns all known provenances of the copies.
    """
    groups = [list(group) for group in groups]
    known = known_provenance(image for group in groups for image in group)
    examination = _Examination(known, most_pixels)
    try:
        for group in groups:
            examination.of(group)
    except _PixelsSpent:
        logger.debug("The other copies are examined later.")
    if examination.changed:
        # What a page cannot store in a short time is read again by another one.
        with nullcontext() if most_pixels == inf else matching.brief_wait():
            store_provenance(examination.changed)
    return examination.known


def examine_cluster(key: int) -> None:
    """Examine all copies in a cluster that were not examined yet."""
    members = ClusterMember.objects.filter(cluster=key).values("image")
    examine([Image.objects.filter(pk__in=members)])


@dataclass
class _Examination:
    """Goes through groups of copies and adds to `known`, noting what it `changed`."""

    known: Provenances
    pixels: float
    """How many more pixels it may read."""
    changed: Provenances = field(default_factory=dict)
    _has_begun: bool = False

    def of(self, group: Group) -> None:
        # One picture is enough of each content.
        copies = {image.content_digest: image for image in group if image.content_digest}
        new = {digest for digest in copies if not self._is_compared(digest)}
        for digest in sorted(new - self.known.keys()):
            self._examine_alone(copies[digest])
        for small, large in _pairs([copies[d] for d in copies if d in self.known], self.known):
            if not new.isdisjoint((small.content_digest, large.content_digest)):
                self._compare(small, large)
        for digest in new & self.known.keys():
            self.known[digest].is_compared = True
            self.changed[digest] = self.known[digest]

    def _is_compared(self, digest: str) -> bool:
        return digest in self.known and self.known[digest].is_compared

    def _examine_alone(self, image: Image) -> None:
        """Record the provenance that follows from the file of a picture alone."""
        self._spend(image)
        if (file := self._file(image)) is None:
            return
        provenance = Provenance(content_digest=image.content_digest)
        try:
            _describe(provenance, image, file)
        except Refusal as refusal:
            _pass_over(refusal, image)
        self.known[provenance.pk] = self.changed[provenance.pk] = provenance

    def _compare(self, small: Image, large: Image) -> None:
        """Record whether the large picture is the small one enlarged."""
        provenance = self.known[large.content_digest]
        if provenance.enlarged_from:
            return
        self._spend(small, large)
        small_file, large_file = self._file(small), self._file(large)
        if small_file is None or large_file is None:
            return
        try:
            if is_enlarged(_copy(small, small_file), _copy(large, large_file)):
                provenance.enlarged_from = small.content_digest
                self.changed[provenance.pk] = provenance
        except Refusal as refusal:
            _pass_over(refusal, large)

    def _spend(self, *images: Image) -> None:
        """Count the pixels that are read next, or stop; the first file can have any size."""
        pixels = sum(_pixels(image) for image in images)
        if self._has_begun and pixels > self.pixels:
            raise _PixelsSpent
        self._has_begun = True
        self.pixels -= pixels

    def _file(self, image: Image) -> BytesIO | None:
        """Return the file of `image`; None if the storage does not return it."""
        try:
            with image.file.storage.open(str(image.file.name), "rb") as file:
                return BytesIO(file.read())
        except Exception:
            # Storages raise what their services raise, and can take their time for it.
            logger.warning("Cannot read %s to examine it.", image, exc_info=True)
            self.pixels -= MISSING_PIXELS
            return None


def _pass_over(refusal: Refusal, image: Image) -> None:
    """Ignore a file that cannot be decoded, which it never will be; stop if memory is short."""
    if refusal.code == "busy":
        raise _PixelsSpent from refusal
    logger.warning("Cannot examine how %s was produced: %s", image, refusal)


def _describe(provenance: Provenance, image: Image, file: BytesIO) -> None:
    """Set the columns that follow from the file of `image` alone."""
    luma, tables = decode_luma(file, decode_options())
    provenance.earlier_quality = earlier_quality(np.asarray(luma), tables) or 0
    if box := boxes(luma).get(Framing.UNFRAMED):
        left, top, right, bottom = box
        inside = (right - left, bottom - top)
        is_turned = luma.size != (image.width, image.height)
        provenance.inner_width, provenance.inner_height = inside[::-1] if is_turned else inside


def _copy(image: Image, file: BytesIO) -> Copy:
    whole = replace(decode_options(), short_side=None)
    pixels = decode(file, whole, sha256=image.sha256).image
    return Copy(pixels.convert("L"), image.jpeg_quality)


def _pairs(copies: Group, known: Provenances) -> Iterator[tuple[Image, Image]]:
    """Yield smaller copies with larger ones that could be enlarged from them, the best first."""

    def worth(image: Image) -> tuple[int, int, bool]:
        quality = image.jpeg_quality or 100
        earlier = known[image.content_digest].earlier_quality
        return _pixels(image), min(quality, earlier or quality), not earlier

    ranked = sorted(filter(_has_known_losses, copies), key=worth, reverse=True)
    smaller = [
        (large, [small for small in ranked if may_be_enlarged(_size(small), _size(large))])
        for large in ranked
    ]
    for large, sources in [pair for pair in smaller if pair[1]][:MOST_LARGE]:
        yield from ((small, large) for small in sources[:MOST_SMALL])


def _has_known_losses(image: Image) -> bool:
    """Return whether it is known how strongly `image` was compressed, or that it was not."""
    pixels = _pixels(image)
    if not pixels:
        return False
    return bool(image.jpeg_quality) or is_lossless(image.format, image.byte_size or 0, pixels)


def _size(image: Image) -> tuple[int, int]:
    return image.width or 0, image.height or 0


def _pixels(image: Image) -> int:
    width, height = _size(image)
    return width * height
