"""Merging: plan what kept pictures get from trashed copies, to be shown beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gallery.decisions import ALBUM, TAG, Change, ColumnChange, Membership, MembershipChange
from gallery.files import title_from
from gallery.models import Album, Image, Tag
from gallery.review.decision_request import DecisionRequest

TEXTS = {"title": "title", "description": "description", "alt_text": "alternative text"}
PLURALS = {TAG: "tags", ALBUM: "albums"}
PRIVATE, PUBLIC = Image.Visibility.PRIVATE, Image.Visibility.PUBLIC


@dataclass(frozen=True)
class Flow:
    """What one kept picture gets from the trashed ones."""

    image: Image
    changes: tuple[Change, ...]
    gains: tuple[str, ...]
    """The same in words, such as "tags beach, 2024"."""
    becomes_private: bool

    @property
    def sentence(self) -> str:
        """What happens to the picture, such as "gets tags beach, 2024; becomes private"."""
        parts = [f"gets {'; '.join(self.gains)}"] if self.gains else []
        return "; ".join([*parts, *(["becomes private"] if self.becomes_private else [])])


@dataclass(frozen=True)
class _Text:
    """A text that a picture will have, and the names of the pictures it comes from."""

    value: str
    source: str = ""


def planned_flows(request: DecisionRequest, images: Mapping[int, Image]) -> list[Flow]:
    """Return what the kept pictures of a decision get from the trashed ones."""
    kept, trashed = ([images[key] for key in keys] for keys in (request.kept, request.trashed))
    return flows(kept, trashed)


def flows(kept: Iterable[Image], trashed: Iterable[Image]) -> list[Flow]:
    """
    Return what each of `kept` gets from `trashed`, without those that get nothing.

    They get all tags and albums, a title and an alternative text where they have none, all
    descriptions one after another, and the most restrictive visibility.
    """
    trashed = list(trashed)
    return [flow for image in kept if (flow := _flow(image, trashed)).changes]


def _flow(image: Image, trashed: Sequence[Image]) -> Flow:
    changes: list[Change] = []
    gains: list[str] = []
    for kind in PLURALS:
        if missing := _missing(image, trashed, kind):
            changes += [_added(image, kind, collection) for collection in missing]
            word = kind if len(missing) == 1 else PLURALS[kind]
            gains.append(f"{word} {', '.join(collection.name for collection in missing)}")
    for name, label in TEXTS.items():
        text = _text(image, trashed, name)
        if text.value != getattr(image, name):
            changes.append(ColumnChange.of(image, name, text.value))
            gains.append(f"{label} from {text.source}")
    becomes_private = image.visibility == PUBLIC and any(map(_is_private, trashed))
    if becomes_private:
        changes.append(ColumnChange.of(image, "visibility", PRIVATE.value))
    return Flow(image, tuple(changes), tuple(gains), becomes_private)


def _added(image: Image, kind: str, collection: Tag | Album) -> MembershipChange:
    return MembershipChange.adding(Membership(kind, image.pk, collection.pk))


def _missing(image: Image, trashed: Sequence[Image], kind: str) -> list[Tag | Album]:
    """Return the tags or albums that only the trashed pictures are in, by name."""
    own = {collection.pk for collection in _collections(image, kind)}
    offered = {one.pk: one for other in trashed for one in _collections(other, kind)}
    missing = [collection for key, collection in offered.items() if key not in own]
    return sorted(missing, key=lambda collection: collection.name)


def _collections(image: Image, kind: str) -> list[Tag | Album]:
    return [*image.tags.all()] if kind == TAG else [*image.albums.all()]


def _text(image: Image, trashed: Sequence[Image], name: str) -> _Text:
    """Return the text that `image` will have in the column `name`."""
    if name == "description":
        return _joined_descriptions(image, trashed)
    is_own = name != "title" or _has_given_title(image)
    own: str = getattr(image, name) if is_own else ""
    sources = [
        other
        for other in trashed
        if getattr(other, name) and (name != "title" or _has_given_title(other))
    ]
    if own or not sources:
        return _Text(getattr(image, name))
    return _Text(getattr(sources[0], name), str(sources[0]))


def _joined_descriptions(image: Image, trashed: Sequence[Image]) -> _Text:
    text, sources = image.description, []
    for other in trashed:
        if other.description and other.description.strip() not in text:
            text = f"{text}\n\n{other.description}" if text else other.description
            sources.append(str(other))
    return _Text(text, ", ".join(sources))


def _has_given_title(image: Image) -> bool:
    """Tell whether a person gave the title; by default it is made from the file name."""
    return bool(image.title) and image.title != title_from(image.original_name)


def _is_private(image: Image) -> bool:
    return image.visibility == PRIVATE
