"""What flows from trashed copies into those that stay: planned and told before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gallery.decisions import ALBUM, TAG, Cell, column
from gallery.files import title_from
from gallery.models import Image

TEXTS = {"title": "title", "description": "description", "alt_text": "alternative text"}


@dataclass(frozen=True)
class Flow:
    """What one kept picture gets."""

    image: Image
    changes: tuple[Cell, ...]
    gains: tuple[str, ...]
    """The same in words, such as "tags beach, 2024"."""

    @property
    def becomes_private(self) -> bool:
        return any(cell.place[2] == "visibility" for cell in self.changes)

    @property
    def sentence(self) -> str:
        """What happens to the picture, such as "gets tags beach, 2024; becomes private"."""
        gets = "; ".join(self.gains)
        parts = [f"gets {gets}"] if gets else []
        return "; ".join([*parts, *(["becomes private"] if self.becomes_private else [])])


def flows(kept: Iterable[Image], trashed: Iterable[Image]) -> list[Flow]:
    """
    Return what each of `kept` gets from `trashed`, without those that get nothing.

    The union of tags and albums; a title where it has none of its own, an alternative text where
    it has none, descriptions one after another; and the most restrictive visibility of all.
    """
    trashed = list(trashed)
    found = [_flow(image, trashed) for image in kept]
    return [flow for flow in found if flow.changes]


def _flow(image: Image, trashed: list[Image]) -> Flow:
    changes: list[Cell] = []
    gains: list[str] = []
    for kind, manager in ((TAG, "tags"), (ALBUM, "albums")):
        shelves = _missing(image, trashed, manager)
        changes += [Cell((kind, image.pk, shelf.pk), False, True) for shelf in shelves]
        if shelves:
            word = kind if len(shelves) == 1 else manager
            gains.append(f"{word} {', '.join(shelf.name for shelf in shelves)}")
    for name, label in TEXTS.items():
        text, source = _text(image, trashed, name)
        if text != getattr(image, name):
            changes.append(column(image, name, text))
            gains.append(f"{label} from {source}")
    if image.visibility == Image.Visibility.PUBLIC and any(_is_private(i) for i in trashed):
        changes.append(column(image, "visibility", Image.Visibility.PRIVATE.value))
    return Flow(image, tuple(changes), tuple(gains))


def _missing(image: Image, trashed: list[Image], manager: str) -> list:
    has = {shelf.pk for shelf in getattr(image, manager).all()}
    offered = {shelf.pk: shelf for other in trashed for shelf in getattr(other, manager).all()}
    return sorted(
        (shelf for key, shelf in offered.items() if key not in has), key=lambda shelf: shelf.name
    )


def _text(image: Image, trashed: list[Image], name: str) -> tuple[str, str]:
    """Return the text that `image` will have, and the names of the pictures it comes from."""
    if name == "description":
        return _joined(image, trashed)
    own = "" if name == "title" and not _is_named(image) else getattr(image, name)
    sources = [i for i in trashed if getattr(i, name) and (name != "title" or _is_named(i))]
    if own or not sources:
        return getattr(image, name), ""
    return getattr(sources[0], name), str(sources[0])


def _joined(image: Image, trashed: list[Image]) -> tuple[str, str]:
    text, sources = image.description, []
    for other in trashed:
        if other.description and other.description.strip() not in text:
            text = f"{text}\n\n{other.description}" if text else other.description
            sources.append(str(other))
    return text, ", ".join(sources)


def _is_named(image: Image) -> bool:
    """Tell whether a person gave the title; without one it is made from the file's name."""
    return bool(image.title) and image.title != title_from(image.original_name)


def _is_private(image: Image) -> bool:
    return image.visibility == Image.Visibility.PRIVATE
