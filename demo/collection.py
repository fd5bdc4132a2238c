"""The demonstration collection: originals drawn by code, copies and compositions of them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

from PIL import Image

from demo.alterations import ALTERATIONS, Alteration, pixels
from demo.compositions import COMPOSITIONS, Composition
from demo.records import camera_record
from demo.scene import Scene
from demo.scenes import SCENES
from hashing.keypoints import Relation

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
    is_changed: bool = False
    """Whether a place of the copy shows something that the original does not."""
    template: str = ""
    """The template of an original that differs from others only in a name or a colour."""
    sources: tuple[str, ...] = ()
    """The file names of the pictures that this one is made of."""
    relation: Relation | None = None
    """What this picture is to each of its sources."""

    @property
    def origins(self) -> frozenset[str]:
        """The file names of the originals that can be seen in this picture."""
        return frozenset(self.sources or (self.original or self.file_name,))

    def encoded(self) -> bytes:
        """The bytes of the image file, the same at every call."""
        if self.sources:
            return _composed(self.file_name)
        if self.original is None or self.alteration is None:
            return _drawn(self.file_name)
        return ALTERATIONS[self.alteration].altered(_drawn(self.original))


def demo_pictures() -> Iterator[DemoPicture]:
    """
    Yield every original, each followed by its copies, and at last what is made of originals.

    `encoded` draws them when called.
    """
    for scene in SCENES:
        yield _original(scene)
        for kind in COPIES.get(scene.file_name, ()):
            yield _copy(scene, ALTERATIONS[kind])
    yield from map(_composition, COMPOSITIONS)


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
        template=scene.template,
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
        is_changed=alteration.is_changed,
    )


def _composition(composition: Composition) -> DemoPicture:
    return DemoPicture(
        file_name=composition.file_name,
        title=composition.title,
        alt_text=composition.alt_text,
        tags=composition.tags,
        album="",
        original=None,
        alteration=None,
        first_class=False,
        sources=composition.sources,
        relation=composition.relation,
    )


@cache
def _drawn(file_name: str) -> bytes:
    """The file of an original; all together they take a few megabytes of memory."""
    scene = next(scene for scene in SCENES if scene.file_name == file_name)
    exif = camera_record(scene) if scene.taken else None
    return _saved(scene.drawn(), file_name, exif)


def _composed(file_name: str) -> bytes:
    """The file of a composition."""
    composition = next(each for each in COMPOSITIONS if each.file_name == file_name)
    pictures = [pixels(_drawn(source)) for source in composition.sources]
    return _saved(composition.composed(pictures), file_name)


def _saved(picture: Image.Image, file_name: str, exif: Image.Exif | None = None) -> bytes:
    options = {"exif": exif} if exif else {}
    file = io.BytesIO()
    picture.save(file, CONTAINERS[PurePath(file_name).suffix], quality=90, **options)
    return file.getvalue()
