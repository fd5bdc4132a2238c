"""How the hashes of a picture are computed, shown on its own pixels."""

import logging
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.access import visible_or_404
from gallery.comparing import COMPARED, BitGrid, bit_grid, method
from gallery.models import Image
from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fingerprints import PerceptualHash, difference_steps
from hashing.pictures import decode

logger = logging.getLogger("gallery")


MISSING_FILE = (
    "The file of this picture cannot be read from the storage, so the steps cannot be shown. The "
    "hashes above were computed when it was uploaded."
)


class GrayCell(NamedTuple):
    """One of the 72 cells of a picture reduced to 9 by 8, with its gray level from 0 to 255."""

    column: int
    row: int
    colour: str
    level: int


@dataclass(frozen=True)
class DifferenceSteps:
    """The difference hash step by step: 8 rows of 9 gray levels, and the bits between them."""

    levels: list[list[int]]
    bits: PerceptualHash
    grid: BitGrid

    @property
    def cells(self) -> list[GrayCell]:
        """All cells, row by row."""
        return [
            GrayCell(x, y, f"#{level:02x}{level:02x}{level:02x}", level)
            for y, row in enumerate(self.levels)
            for x, level in enumerate(row)
        ]


@require_safe
def fingerprint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the hashes of a picture, and each step to its difference hash."""
    image = visible_or_404(request.user, public_id)
    hashes = {name: getattr(image, name) for name in COMPARED}
    context: dict[str, Any] = {
        "image": image,
        "hashes": [
            (method(name), hash_, bit_grid(hash_, f"{method(name).label} hash"))
            for name, hash_ in hashes.items()
            if hash_ is not None
        ],
    }
    try:
        context["steps"] = _difference_steps(image)
    except (Refusal, OSError) as error:
        logger.warning("Cannot explain %s: %s", image.file.name, error)
        context["problem"] = error.message if isinstance(error, Refusal) else MISSING_FILE
    return render(request, "gallery/fingerprint.html", context)


def _difference_steps(image: Image) -> DifferenceSteps:
    if not (name := image.file.name):
        raise FileNotFoundError("The picture has no file.")
    with image.file.storage.open(name, "rb") as original:
        picture = decode(original, decode_options())
    levels, brighter = difference_steps(picture)
    bits = PerceptualHash.from_bits("".join("1" if bit else "0" for bit in np.ravel(brighter)))
    return DifferenceSteps(levels.tolist(), bits, bit_grid(bits, "The 64 comparisons"))
