"""A picture to be drawn, together with its title and other details."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from demo.canvas import Size


@dataclass(frozen=True)
class Scene:
    """One original of the collection."""

    file_name: str
    title: str
    alt_text: str
    tags: tuple[str, ...]
    album: str
    size: Size
    """Width and height in pixels."""
    paint: Callable[[Size, np.random.Generator], Image.Image]
    taken: str = ""
    """The date of the supposed photograph in EXIF format; empty for printed matter."""
    place: tuple[float, float] | None = None
    """The place of the photograph, in degrees north and east."""
    template: str = ""
    """The template it shares with scenes that differ from it only in a name or a colour."""

    def drawn(self) -> Image.Image:
        """The RGB picture, the same at every call: the name of its template or file is the seed."""
        seed = zlib.crc32((self.template or self.file_name).encode())
        return self.paint(self.size, np.random.default_rng(seed))
