"""The demonstration collection: originals drawn by code, and typical copies of them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from demo.alterations import ALTERATIONS, Alteration
from demo.records import camera_record
from demo.scene import Scene
from demo.scenes import SCENES

CONTAINERS = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}

COPIES: dict[str, tuple[str, ...]] = {
    "first-light-on-the-range.jpg": ("metadata-changed", "webp", "cropped"),
    "three-oranges.jpg": ("byte-equal", "exif-turned"),
    "candle.jpg": ("png",),
    "lighthouse-before-the-storm.jpg": ("exif-turned", "grey", "bordered"),
    "harbour-at-dusk.jpg": ("resized", "grey", "watermarked", "re-encoded"),
    "northern-lights.jpg": ("watermarked", "captioned"),
    "composition-with-red-disc.png": ("exif-turned",),
    "balloons-in-the-morning.jpg": ("sepia", "resized", "mirrored"),
    "gibbous-moon.jpg": ("tilted",),
    "summer-concerts-poster.jpg": ("re-encoded", "rotated"),
}
"""The alterations of which a copy is shown, by the original's file name."""


@dataclass(frozen=True)
class DemoPicture:
    """One file of the collection, with its title, tags and other details."""

    file_name: str
    title: str
    alt_text: str
    tags: tuple[str, ...]
    album: str
    """The album's name, or ""."""
    original: str | None
    """The file name of the picture this one is a copy of."""
    alteration: str | None
    """The kind of alteration that made this copy."""
    first_class: bool
    """Whether a plain perceptual hash has to find the copy; originals are not copies."""

    def encoded(self) -> bytes:
        """The bytes of the image file, the same at every call."""
        if self.original is None or self.alteration is None:
            return _drawn(self.file_name)
        return ALTERATIONS[self.alteration].altered(_drawn(self.original))


def demo_pictures() -> Iterator[DemoPicture]:
    """Yield every original, each followed by its copies; `encoded` draws them when called."""
    for scene in SCENES:
        yield _original(scene)
        for kind in COPIES.get(scene.file_name, ()):
            yield _copy(scene, ALTERATIONS[kind])


def _original(scene: Scene) -> DemoPicture:
    return DemoPicture(
        file_name=scene.file_name,
        title=scene.title,
        alt_text=scene.alt_text,
        tags=scene.tags,
        album=scene.album,
        original=None,
        alteration=None,
        first_class=False,
    )


def _copy(scene: Scene, alteration: Alteration) -> DemoPicture:
    path = PurePath(scene.file_name)
    return DemoPicture(
        file_name=f"{path.stem}-{alteration.suffix}{alteration.extension or path.suffix}",
        title=f"{scene.title}, {alteration.phrase}",
        alt_text=f"{scene.alt_text} A copy, {alteration.phrase}.",
        tags=scene.tags,
        album="",
        original=scene.file_name,
        alteration=alteration.kind,
        first_class=alteration.first_class,
    )


@lru_cache(maxsize=4)
def _drawn(file_name: str) -> bytes:
    """The file of an original. Its copies come right after it, so a small cache is enough."""
    scene = next(scene for scene in SCENES if scene.file_name == file_name)
    container = CONTAINERS[PurePath(file_name).suffix]
    options = {"exif": camera_record(scene)} if scene.taken else {}
    file = io.BytesIO()
    scene.drawn().save(file, container, quality=90, **options)
    return file.getvalue()
