"""Two pictures in one frame: the inside of the second one laid over that of the first."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image as PillowImage

from gallery.comparing.comparisons import Comparison
from gallery.comparing.drawings import Drawing
from gallery.comparing.pixel_differences import PixelDifference
from gallery.files import SIZES, largest_size, open_rendition
from hashing.fingerprints import Box

VIEWS = {
    "side": "Side by side",
    "slider": "Slider",
    "overlay": "Overlay",
    "difference": "Difference",
    "flip": "Flip",
    "blink": "Blink",
}
# Factors by which a difference can be made brighter.
GAINS = (1, 4, 16)
# The size of the renditions of which the inside is hashed.
HASHED_SIZE = SIZES[1]


@dataclass(frozen=True)
class Overlay:
    """A second picture over a first one, in the pixels of the first."""

    first: Drawing
    second: Drawing

    @classmethod
    def of(cls, comparison: Comparison) -> Overlay | None:
        """Lay two pictures over each other; None if the size of either is unknown."""
        drawings = (comparison.first, comparison.second)
        return cls(*drawings) if all(all(drawing.size) for drawing in drawings) else None

    @property
    def box(self) -> Box:
        """The box in which both pictures lie."""
        return self.first.inside

    @property
    def extent(self) -> tuple[int, int]:
        """Width and height of that box."""
        left, top, right, bottom = self.box
        return right - left, bottom - top

    @property
    def view_box(self) -> str:
        """The part of the second picture that fills the box, as the `viewBox` of an SVG."""
        left, top, right, bottom = self.second.inside
        return f"{left} {top} {right - left} {bottom - top}"

    def difference(self) -> PixelDifference:
        """
        Compare the pixels of both, from their largest renditions.

        Raises Refusal or OSError if neither a rendition nor its original can be read.
        """
        return PixelDifference.of(_inside(self.first), _inside(self.second))

    def small_pixels(self) -> tuple[PillowImage.Image, PillowImage.Image]:
        """Return the inside of both, from renditions that are large enough to be hashed."""
        return _inside(self.first, HASHED_SIZE), _inside(self.second, HASHED_SIZE)


def _inside(drawing: Drawing, largest: int = SIZES[-1]) -> PillowImage.Image:
    """Return the pixels inside the bars of a picture, turned as it is drawn."""
    image = drawing.image
    size = min(largest, largest_size(image))
    with PillowImage.open(BytesIO(open_rendition(image, size))) as rendition:
        pixels = rendition.convert("RGB")
    if drawing.kept is not None and image.width and image.height:
        across, down = pixels.width / image.width, pixels.height / image.height
        left, top, right, bottom = drawing.kept
        pixels = pixels.crop(
            (round(left * across), round(top * down), round(right * across), round(bottom * down))
        )
    return drawing.turn.applied_to(pixels)
