"""Two pictures in one frame: what is inside the bars of one over what is inside the other's."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image as PillowImage

from gallery.comparing.comparisons import Comparison, Drawing
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
GAINS = (1, 4, 16)
# The rendition from which what is inside bars is hashed.
HASHED_SIZE = SIZES[1]


@dataclass(frozen=True)
class Stage:
    """Where a second picture lies over a first one, in the pixels of the first."""

    first: Drawing
    second: Drawing

    @classmethod
    def of(cls, comparison: Comparison) -> Stage | None:
        """Lay two pictures over each other; None if the size of either is unknown."""
        drawings = (comparison.first, comparison.second)
        return cls(*drawings) if all(all(drawing.size) for drawing in drawings) else None

    @property
    def box(self) -> Box:
        """Where both pictures lie."""
        return self.first.inside

    @property
    def extent(self) -> tuple[int, int]:
        """Width and height of what both show."""
        left, top, right, bottom = self.box
        return right - left, bottom - top

    @property
    def view_box(self) -> str:
        """What of the second picture is laid over the box, as SVG has it."""
        left, top, right, bottom = self.second.inside
        return f"{left} {top} {right - left} {bottom - top}"

    def difference(self) -> PixelDifference:
        """
        Compare the pixels of both, from their largest renditions.

        Raises Refusal or OSError if neither a rendition nor its original can be read.
        """
        return PixelDifference.of(_inside(self.first), _inside(self.second))

    def small_pixels(self) -> tuple[PillowImage.Image, PillowImage.Image]:
        """Return what both show, from renditions that are large enough to be hashed."""
        return _inside(self.first, HASHED_SIZE), _inside(self.second, HASHED_SIZE)


def _inside(drawing: Drawing, most: int = SIZES[-1]) -> PillowImage.Image:
    """Return what is inside the bars of a picture, turned as it is drawn."""
    image = drawing.image
    size = min(most, largest_size(image))
    with PillowImage.open(BytesIO(open_rendition(image, size))) as rendition:
        pixels = rendition.convert("RGB")
    if drawing.kept is not None:
        across, down = pixels.width / image.width, pixels.height / image.height
        left, top, right, bottom = drawing.kept
        pixels = pixels.crop(
            (round(left * across), round(top * down), round(right * across), round(bottom * down))
        )
    return drawing.turn.applied_to(pixels)
