"""Two pictures side by side, the second one aligned with the first."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Self

from django.utils.text import get_text_list
from PIL import Image as PillowImage

from gallery.comparing.colour_changes import colour_change
from gallery.comparing.drawings import Drawing
from gallery.comparing.exif_differences import exif_differences
from gallery.comparing.file_differences import ONLY_METADATA, is_burst, sentence
from gallery.files import SIZES, largest_size, open_rendition
from gallery.models import Image
from hashing.exceptions import NoHash, Refusal
from hashing.fingerprints import Box, Framing, boxes
from hashing.matching import Match, match_of
from hashing.model_matching import subject_of

logger = logging.getLogger("gallery")


@dataclass(frozen=True)
class Comparison:
    """Two pictures as they are drawn; `match` is None if they are not known to be the same."""

    first: Drawing
    second: Drawing
    match: Match | None

    @classmethod
    def of(cls, first: Image, second: Image, is_plain: bool = False) -> Self:
        """Compare two pictures; if `is_plain`, nothing is turned or hatched."""
        match = _match(first, second)
        if match is None or is_plain:
            return cls(Drawing(first), Drawing(second), match)
        alignment = match.alignment
        return cls(
            Drawing(first, kept=_inside(first, alignment.framing)),
            Drawing(second, alignment.turn.inverse, _inside(second, alignment.other_framing)),
            match,
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
    def is_same(self) -> bool:
        """Whether both are known to be the same picture."""
        digests = {self.first.image.content_digest, self.second.image.content_digest}
        return self.match is not None or (len(digests) == 1 and digests != {""})

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
        words = sentence(first, second, alignment, colour_change(first, second, alignment))
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
