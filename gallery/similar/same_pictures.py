"""The same picture in other files, and altered versions of it, for a viewer who can see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gallery import matching
from gallery.comparing import Mark, marks_of, sentence
from gallery.matching import EQUAL_CONTENT, matches_by_content, same_kind
from gallery.models import Image, MatchKind
from gallery.people import Visitor
from gallery.querysets import ImageQuerySet
from gallery.verification import MATCH_KINDS, CandidatePair, look_at, ordered, verifications
from hashing.exceptions import NoHash
from hashing.fingerprints import Alignment
from hashing.matching import find_matches
from hashing.model_matching import indexes_of, stored_of, subject_of
from hashing.pictures import Preview
from hashing.verification import Verification

# Pictures that are shown beside another one; a thousand copies have a page of their own.
MOST_SHOWN = 24
# The order in which kinds are listed.
KINDS = (MatchKind.BYTES, MatchKind.PIXELS, MatchKind.COPY, MatchKind.ALTERED)


@dataclass(frozen=True)
class SamePicture:
    """
    `image` is another file of the picture `original`, or an altered version of it.

    `alignment` is that of `original` to `image`, by their hashes; `seen` is what looking at both
    has shown, None for equal contents.
    """

    original: Image
    image: Image
    kind: MatchKind
    alignment: Alignment
    seen: Verification | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The kind, the sentence, the alignment and what was seen, for programs."""
        facts = {"kind": str(self.kind), "sentence": self.sentence, **self.alignment._asdict()}
        return facts | ({"seen": self.seen.to_json()} if self.seen else {})

    @property
    def badge(self) -> str:
        return "Identical file" if self.kind == MatchKind.BYTES else str(self.kind.label)

    @property
    def marks(self) -> list[Mark]:
        """Rectangles around what the other picture shows and this one does not."""
        return marks_of(self.image, (box.second for box in self.seen.boxes)) if self.seen else []

    @cached_property
    def sentence(self) -> str:
        """The differences of the other file, in words."""
        return sentence(self.original, self.image, self.alignment, self.seen)


def same_pictures(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """Return the stored matches of `image` that `viewer` can see, the nearest kinds first."""
    if not (by_content := matches_by_content(image)):
        return []
    visible = Image.objects.visible_to(viewer).exclude(pk=image.pk)
    others = visible.filter(content_digest__in=by_content)[: 4 * most]
    seen = _seen(image, by_content)
    same = [
        SamePicture(image, other, kind, alignment, seen.get(other.content_digest))
        for other in others
        for kind, alignment in [by_content[other.content_digest]]
    ]
    return sorted(map(_with_file_kind, same), key=_nearness)[:most]


def same_at_once(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """
    Return the same for a picture that was just stored.

    If another process is comparing pictures at this moment, the matches of `image` are not stored
    yet: then they are searched for.
    """
    if not matching.catch_up([image.pk], share=0) or not matching.is_waiting(image.pk):
        return same_pictures(image, viewer, most)
    if not image.is_informative:
        return []
    visible = Image.objects.visible_to(viewer).exclude(pk=image.pk)
    try:
        return _searched(image, visible)[:most]
    except NoHash:
        return []


def same_as(image: Image, preview: Preview, pictures: ImageQuerySet) -> list[SamePicture]:
    """Return the `pictures` that are copies of `image`, which is not stored."""
    equal = pictures.filter(content_digest=image.content_digest)
    same = {
        other.pk: SamePicture(image, other, same_kind([image, other]), EQUAL_CONTENT)
        for other in equal[:MOST_SHOWN]
    }
    if image.is_informative:
        same = {match.image.pk: match for match in _searched(image, pictures, preview)} | same
    return sorted(same.values(), key=_nearness)[:MOST_SHOWN]


def _searched(
    image: Image, pictures: ImageQuerySet, preview: Preview | None = None
) -> list[SamePicture]:
    """
    Return the `pictures` that match `image`, looking at each.

    `preview` is that of a picture which is not stored. Raises NoHash if it has no hashes.
    """
    matches = find_matches(
        subject_of(image),
        indexes_of(Image, pictures.db),
        lambda keys: stored_of(pictures.filter(pk__in=keys.tolist())),
    )[:MOST_SHOWN]
    images = Image.objects.in_bulk([match.key for match in matches])
    pairs = [
        CandidatePair(image, images[match.key], match.alignment)
        for match in matches
        if match.key in images
    ]
    looks = look_at(pairs, preview)
    return [
        SamePicture(image, pair.second, MATCH_KINDS[seen.kind], pair.alignment, seen)
        for pair, seen in looks
        if MATCH_KINDS[seen.kind] in KINDS
    ]


def _seen(image: Image, contents: Iterable[str]) -> Mapping[str, Verification]:
    """Return what looking at `image` and each of `contents` has shown, seen from `image`."""
    own = image.content_digest
    pairs = {ordered(own, content): content for content in contents}
    return {
        pairs[pair]: seen if pair[0] == own else seen.swapped()
        for pair, seen in verifications(pairs).items()
    }


def _with_file_kind(same: SamePicture) -> SamePicture:
    """Tell files of equal content apart: which content is equal does not say which file is."""
    if same.kind not in (MatchKind.BYTES, MatchKind.PIXELS):
        return same
    kind = same_kind([same.original, same.image])
    return SamePicture(same.original, same.image, kind, same.alignment, same.seen)


def _nearness(same: SamePicture) -> tuple[int, int, int]:
    return KINDS.index(same.kind), same.alignment.distance, same.image.pk
