"""Two pictures side by side, the second one aligned with the first."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Self

from django.utils.text import get_text_list
from PIL import Image as PillowImage

from gallery.comparing.drawings import Drawing
from gallery.comparing.exif_differences import exif_differences
from gallery.comparing.file_differences import ONLY_METADATA, is_burst, sentence
from gallery.comparing.seen_differences import as_seen
from gallery.files import SIZES, largest_size, open_rendition
from gallery.models import Image, MatchKind
from gallery.verification import MATCH_KINDS, ordered, verifications
from hashing.exceptions import NoHash, Refusal
from hashing.fingerprints import Box, Framing, boxes
from hashing.matching import Match, match_of
from hashing.model_matching import subject_of
from hashing.verification import Verification

logger = logging.getLogger("gallery")


@dataclass(frozen=True)
class Comparison:
    """
    Two pictures as they are drawn.

    `match` is that of their hashes, None if these are not near. `seen` is what looking at both has
    shown, from the first to the second; None if nobody has looked.
    """

    first: Drawing
    second: Drawing
    match: Match | None
    seen: Verification | None = None

    @classmethod
    def of(cls, first: Image, second: Image, is_plain: bool = False) -> Self:
        """Compare two pictures; if `is_plain`, nothing is turned or hatched."""
        match = _match(first, second)
        # Whatever was seen of their contents: different times make them burst shots.
        seen = None if is_burst(first, second) else _seen(first, second)
        if match is None or is_plain:
            return cls(Drawing(first), Drawing(second), match, seen)
        alignment = as_seen(match.alignment, seen)
        match = replace(match, alignment=alignment)
        places = seen.boxes if seen else ()
        ours, theirs = ([box.first for box in places], [box.second for box in places])
        return cls(
            Drawing(first, kept=_inside(first, alignment.framing), places=ours),
            Drawing(
                second, alignment.turn.inverse, _inside(second, alignment.other_framing), theirs
            ),
            match,
            seen,
        )

    @property
    def aligned(self) -> Comparison:
        """The same comparison with both pictures aligned."""
        return Comparison.of(self.first.image, self.second.image)

    @property
    def needs_alignment(self) -> bool:
        """Whether the pictures differ in a turn, or in bars around one of them."""
        return self.match is not None and not self.match.alignment.is_plain

    @property
    def kind(self) -> MatchKind | None:
        """What the pictures are to each other; None if nothing says that they are similar."""
        first, second = self.first.image, self.second.image
        if first.content_digest and first.content_digest == second.content_digest:
            is_same_file = bool(first.sha256) and first.sha256 == second.sha256
            return MatchKind.BYTES if is_same_file else MatchKind.PIXELS
        if self.seen:
            return MATCH_KINDS[self.seen.kind]
        return MatchKind.UNVERIFIED if self.match else None

    @property
    def is_same(self) -> bool:
        """Whether both are known to be the same picture."""
        return self.kind in (MatchKind.BYTES, MatchKind.PIXELS, MatchKind.COPY)

    @property
    def is_burst(self) -> bool:
        """Whether they would match if they had not been taken at different times of one burst."""
        first, second = self.first.image, self.second.image
        if self.is_same or not is_burst(first, second):
            return False
        return _match(first, second, with_times=False) is not None

    @property
    def sentence(self) -> str:
        """The differences of the second file from the first one of the same picture."""
        alignment = self.match.alignment if self.match else None
        first, second = self.first.image, self.second.image
        words = sentence(first, second, alignment, self.seen)
        if words.startswith(ONLY_METADATA) and (names := exif_differences(first, second)):
            return f"{ONLY_METADATA}: {get_text_list(names, 'and')}"
        return words


def _match(first: Image, second: Image, with_times: bool = True) -> Match | None:
    if not (first.is_informative and second.is_informative):
        return None
    try:
        ours, theirs = subject_of(first), subject_of(second)
    except NoHash:
        return None
    if not with_times:
        ours = replace(ours, taken_at=None)
    return match_of(ours, theirs, second.pk)


def _seen(first: Image, second: Image) -> Verification | None:
    """Return what looking at both pictures has shown, from the first to the second."""
    pair = ordered(first.content_digest, second.content_digest)
    seen = verifications([pair]).get(pair)
    return seen.swapped() if seen and pair[0] != first.content_digest else seen


def _inside(image: Image, framing: Framing) -> Box | None:
    """Return the box that `framing` leaves of `image`, in its pixels; None if that is all."""
    if framing == Framing.WHOLE or not image.width or not image.height:
        return None
    size = min(SIZES[1], largest_size(image))
    try:
        with PillowImage.open(BytesIO(open_rendition(image, size))) as rendition:
            gray = rendition.convert("L")
    except (Refusal, OSError) as error:
        logger.warning("Cannot mark the bars of %s: %s", image.file.name, error)
        return None
    box = boxes(gray).get(framing)
    return box and _scaled(box, image.width / gray.width, image.height / gray.height)


def _scaled(box: Box, across: float, down: float) -> Box:
    left, top, right, bottom = box
    return round(left * across), round(top * down), round(right * across), round(bottom * down)
