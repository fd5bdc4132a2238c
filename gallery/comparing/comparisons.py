"""Two pictures side by side: the other one turned back, and what is cut of either marked."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Self

from django.utils.text import get_text_list
from PIL import Image as PillowImage

from gallery.comparing.colour_changes import recolouring
from gallery.comparing.exif_differences import metadata_differences
from gallery.comparing.file_differences import ONLY_METADATA, are_moments, sentence
from gallery.files import SIZES, largest_size, open_rendition
from gallery.models import Image
from hashing.exceptions import NoHash, Refusal
from hashing.fingerprints import Box, Framing, Turn, boxes
from hashing.matching import Match, match_of
from hashing.model_matching import subject_of

logger = logging.getLogger("gallery")

# The matrix that draws a picture turned: where x and y go, and which side of the picture has to be
# added to them so that they start at zero again.
_MATRICES = {
    Turn.UPRIGHT: ((1, 0, 0, 1), ("", "")),
    Turn.MIRRORED: ((-1, 0, 0, 1), ("width", "")),
    Turn.FLIPPED: ((1, 0, 0, -1), ("", "height")),
    Turn.HALF: ((-1, 0, 0, -1), ("width", "height")),
    Turn.LEFT: ((0, -1, 1, 0), ("", "width")),
    Turn.RIGHT: ((0, 1, -1, 0), ("height", "")),
    Turn.TRANSPOSED: ((0, 1, 1, 0), ("", "")),
    Turn.TRANSVERSED: ((0, -1, -1, 0), ("height", "width")),
}
_ON_THE_SIDE = {Turn.LEFT, Turn.RIGHT, Turn.TRANSPOSED, Turn.TRANSVERSED}

TURNED_BACK = {
    Turn.MIRRORED: "mirrored back",
    Turn.FLIPPED: "flipped back",
    Turn.HALF: "turned by 180°",
    Turn.LEFT: "turned 90° left",
    Turn.RIGHT: "turned 90° right",
    Turn.TRANSPOSED: "turned and mirrored back",
    Turn.TRANSVERSED: "turned and mirrored back",
}


@dataclass(frozen=True)
class Drawing:
    """
    How a picture is drawn beside another one: turned by `turn`, its bars marked.

    `kept`, in pixels of the original, is what is left of the picture inside its bars.
    """

    image: Image
    turn: Turn = Turn.UPRIGHT
    kept: Box | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the picture is shown as it is."""
        return self.turn == Turn.UPRIGHT and self.kept is None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the drawing."""
        width, height = self.image.width, self.image.height
        return (height, width) if self.turn in _ON_THE_SIDE else (width, height)

    @property
    def transform(self) -> str:
        """What SVG calls the turn."""
        return f"matrix({' '.join(map(str, self._matrix))})"

    @property
    def _matrix(self) -> tuple[int, ...]:
        matrix, sides = _MATRICES[self.turn]
        return *matrix, *(getattr(self.image, side) if side else 0 for side in sides)

    @property
    def inside(self) -> Box:
        """What is inside the bars, in pixels of the drawing."""
        if self.kept is None:
            return (0, 0, *self.size)
        a, b, c, d, e, f = self._matrix
        left, top, right, bottom = self.kept
        corners = ((left, top), (right, bottom))
        across = sorted(a * x + c * y + e for x, y in corners)
        down = sorted(b * x + d * y + f for x, y in corners)
        return across[0], down[0], across[1], down[1]

    @property
    def bars(self) -> str:
        """The outline of what is cut, as the path of an SVG: all, but for a hole where it stays."""
        if self.kept is None:
            return ""
        left, top, right, bottom = self.kept
        whole = f"M0 0H{self.image.width}V{self.image.height}H0Z"
        return f"{whole}M{left} {top}V{bottom}H{right}V{top}Z"

    @property
    def hatch(self) -> int:
        """How wide a stripe of the hatching is, in pixels of the original."""
        return max(1, max(self.size) // 40)

    @property
    def note(self) -> str:
        """What was done to show it so."""
        said = [TURNED_BACK.get(self.turn, ""), "what was cut is hatched" if self.kept else ""]
        return ", ".join(filter(None, said))


@dataclass(frozen=True)
class Comparison:
    """Two pictures, and how they are one; `match` is None if they are not known to be."""

    first: Drawing
    second: Drawing
    match: Match | None

    @classmethod
    def of(cls, first: Image, second: Image, as_they_are: bool = False) -> Self:
        """Compare two pictures; `as_they_are` turns and marks nothing."""
        match = _match(first, second)
        if match is None or as_they_are:
            return cls(Drawing(first), Drawing(second), match)
        return cls(
            Drawing(first, kept=_kept(first, match.alignment.framing)),
            Drawing(
                second,
                match.alignment.turn.inverse,
                _kept(second, match.alignment.other_framing),
            ),
            match,
        )

    @property
    def dressed(self) -> Comparison:
        """The same comparison, turned and marked, whether it was asked for so or not."""
        return Comparison.of(self.first.image, self.second.image)

    @property
    def is_same(self) -> bool:
        """Whether both are known to be one picture."""
        digests = {self.first.image.content_digest, self.second.image.content_digest}
        return self.match is not None or (len(digests) == 1 and digests != {""})

    @property
    def are_moments(self) -> bool:
        """Whether only the times at which they were taken speak against their being one picture."""
        first, second = self.first.image, self.second.image
        if self.is_same or not are_moments(first, second):
            return False
        return _match(first, second, with_times=False) is not None

    @property
    def sentence(self) -> str:
        """How the second file differs from the first one of the same picture, in words."""
        alignment = self.match and self.match.alignment
        first, second = self.first.image, self.second.image
        said = sentence(first, second, alignment, recolouring(first, second, alignment))
        if said.startswith(ONLY_METADATA) and (names := metadata_differences(first, second)):
            return f"{ONLY_METADATA}: {get_text_list(names, 'and')}"
        return said

    @property
    def is_dressed(self) -> bool:
        """Whether the pictures differ in a turn, or in bars around one of them."""
        return self.match is not None and not self.match.alignment.is_plain


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


def _kept(image: Image, framing: Framing) -> Box | None:
    """Return what `framing` leaves of `image`, in its pixels; None if that is all of it."""
    if framing == Framing.WHOLE or not image.width or not image.height:
        return None
    try:
        with PillowImage.open(
            BytesIO(open_rendition(image, min(SIZES[1], largest_size(image))))
        ) as rendition:
            gray = rendition.convert("L")
    except (Refusal, OSError) as error:
        logger.warning("Cannot mark the bars of %s: %s", image.file.name, error)
        return None
    box = boxes(gray).get(framing)
    across, down = image.width / gray.width, image.height / gray.height
    return box and (
        round(box[0] * across),
        round(box[1] * down),
        round(box[2] * across),
        round(box[3] * down),
    )
