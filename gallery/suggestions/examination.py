"""
Examine how copies were produced, by reading their files once.

Only pictures that have copies are examined, by the worker. A page suggests by what is known so far.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO

import numpy as np

from gallery.models import ClusterMember, Image, Provenance
from gallery.suggestions.copy_facts import is_lossless
from gallery.suggestions.provenance import Provenances, known_provenance, store_provenance
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fingerprints import Framing, boxes
from hashing.forensics import Copy, earlier_quality, is_enlarged, may_be_enlarged
from hashing.pictures import decode, decode_luma

logger = logging.getLogger("gallery")

# In a large cluster the largest copies are compared with the best of the smaller ones.
MOST_LARGE, MOST_SMALL = 3, 24

Group = Iterable[Image]


class _MemoryIsShort(Exception):
    """Too many files are being decoded in this process to examine more of them now."""


def examine(group: Group) -> Provenances:
    """
    Read the files of copies of one picture that were not read yet.

    Stores the results, and returns all known provenances of the copies.
    """
    copies = list(group)
    known = known_provenance(copies)
    for _ in _stored_steps(copies, known):
        pass
    return known


def examine_cluster(key: int) -> Iterator[None]:
    """
    Examine all copies in a cluster that were not examined yet.

    Yields whenever one or two files have been read and the results are stored.
    """
    members = ClusterMember.objects.filter(cluster=key).values("image")
    copies = list(Image.objects.filter(pk__in=members))
    yield from _stored_steps(copies, known_provenance(copies))


def _stored_steps(copies: Group, known: Provenances) -> Iterator[None]:
    try:
        for changed in _steps(copies, known):
            store_provenance({row.content_digest: row for row in changed})
            yield
    except _MemoryIsShort:
        logger.info("The other copies are examined later, because memory is short.")


def _steps(group: Group, known: Provenances) -> Iterator[list[Provenance]]:
    """Examine copies, add them to `known`, and yield the rows that each step has changed."""
    # One picture of each content is enough.
    copies = {image.content_digest: image for image in group if image.content_digest}
    new = {digest for digest in copies if not _is_compared(digest, known)}
    for digest in sorted(new - known.keys()):
        if (provenance := _examined_alone(copies[digest])) is not None:
            known[digest] = provenance
            yield [provenance]
    for small, large in _pairs([copies[d] for d in copies if d in known], known):
        if not new.isdisjoint((small.content_digest, large.content_digest)):
            yield _compared(small, known[large.content_digest], large)
    compared = [known[digest] for digest in new & known.keys()]
    for provenance in compared:
        provenance.is_compared = True
    yield compared


def _is_compared(digest: str, known: Provenances) -> bool:
    return digest in known and known[digest].is_compared


def _examined_alone(image: Image) -> Provenance | None:
    """Return the provenance that follows from the file of a picture alone; None without file."""
    if (file := _file(image)) is None:
        return None
    provenance = Provenance(content_digest=image.content_digest)
    try:
        _describe(provenance, image, file)
    except Refusal as refusal:
        _pass_over(refusal, image)
    return provenance


def _compared(small: Image, provenance: Provenance, large: Image) -> list[Provenance]:
    """Note in the `provenance` of the large picture if it is the small one enlarged."""
    if provenance.enlarged_from:
        return []
    small_file, large_file = _file(small), _file(large)
    if small_file is None or large_file is None:
        return []
    try:
        if is_enlarged(_copy(small, small_file), _copy(large, large_file)):
            provenance.enlarged_from = small.content_digest
            return [provenance]
    except Refusal as refusal:
        _pass_over(refusal, large)
    return []


def _file(image: Image) -> BytesIO | None:
    """Return the file of `image`; None if the storage does not return it."""
    try:
        with image.file.storage.open(str(image.file.name), "rb") as file:
            return BytesIO(file.read())
    except Exception as error:  # noqa: BLE001 (storages raise whatever their services do)
        logger.warning("Cannot read %s to examine it: %s", image, error)
        return None


def _pass_over(refusal: Refusal, image: Image) -> None:
    """Ignore a file that cannot be decoded, which it never will be; stop if memory is short."""
    if refusal.code == "busy":
        raise _MemoryIsShort from refusal
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
