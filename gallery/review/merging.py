"""Merging: plan what kept pictures get from trashed copies, to be shown beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gallery.access import may_change
from gallery.decisions import ALBUM, TAG, Change, ColumnChange, Membership, MembershipChange
from gallery.files import title_from
from gallery.models import Album, Image, Tag
from gallery.review.decision_request import DecisionRequest

TEXTS = {"title": "title", "description": "description", "alt_text": "alternative text"}
PLURALS = {TAG: "tags", ALBUM: "albums"}
# What programs and people add to the title of a copy.
COPY_WORDS = re.compile(
    r"(?i)\b(?:copy|edited|resized|scaled|small|thumb(?:nail)?|compressed|backup)\b"
    r"|\(\d{1,3}\)\s*$"
)
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
    """
    Return what the kept pictures of a decision get from the trashed ones.

    Pictures that the reviewer may not change get nothing.
    """
    kept, trashed = ([images[key] for key in keys] for keys in (request.kept, request.trashed))
    return flows((image for image in kept if may_change(request.reviewer, image)), trashed)


def flows(kept: Iterable[Image], trashed: Iterable[Image]) -> list[Flow]:
    """
    Return what each of `kept` gets from `trashed`, without those that get nothing.

    They get all tags and albums, a title and an alternative text where they have none, all
    descriptions one after another, and the most restrictive visibility. Nothing that is private
    crosses owners, and nobody's picture becomes private for the sake of somebody else's.
    """
    trashed = list(trashed)
    planned = (
        _flow(image, [other for other in trashed if _shares(other, image)]) for image in kept
    )
    return [flow for flow in planned if flow.changes]


def _shares(other: Image, image: Image) -> bool:
    """Return whether the words about `other` may be passed on to `image`."""
    return other.owner_id == image.owner_id or other.visibility == PUBLIC


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
    offered = {
        collection.pk: collection for other in trashed for collection in _collections(other, kind)
    }
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
        if getattr(other, name) and (name != "title" or _offers_title(other, image))
    ]
    if own or not sources:
        return _Text(getattr(image, name))
    return _Text(getattr(sources[0], name), str(sources[0]))


def _offers_title(other: Image, image: Image) -> bool:
    """Return whether the title of `other` says more about `image` than that it was a copy."""
    if not _has_given_title(other) or COPY_WORDS.search(other.title):
        return False
    # "Lighthouse, stored on its side" tells what became of the copy of "Lighthouse".
    return not (image.title and other.title.casefold().startswith(image.title.casefold()))


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
