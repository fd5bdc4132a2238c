"""Search by picture or by hash for copies and similar pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from gallery.comparing import Method, Similarity, offered
from gallery.models import Image
from gallery.people import Visitor
from gallery.querysets import ImageQuerySet
from gallery.similar.panel import MOST_CARDS
from gallery.similar.same_pictures import SamePicture, same_as
from hashing.fingerprints import Fingerprint
from hashing.pictures import Preview


@dataclass(frozen=True)
class SearchResult:
    """A picture found, and its similarity to what was searched for."""

    image: Image
    similarity: Similarity


class OtherMethod(NamedTuple):
    """Another method for the same search, with the hash to search for in hex."""

    method: Method
    hash: str
    max_distance: int


@dataclass(frozen=True)
class PictureSearch:
    """
    One search and its results, among the pictures that `viewer` has access to.

    `sent` is the uploaded picture, unsaved, and `preview` its small copy; both are None in a search
    by hash.
    """

    viewer: Visitor
    subject: Fingerprint
    method: Method
    max_distance: int
    sent: Image | None = None
    preview: Preview | None = None

    @cached_property
    def same(self) -> list[SamePicture]:
        """The same picture as the uploaded one, also if framed, turned or mirrored."""
        return same_as(self.sent, self.preview, self._visible) if self.sent and self.preview else []

    @cached_property
    def distances(self) -> dict[int, int]:
        """The distance of each picture found, by primary key, nearest first."""
        if self.subject.is_informative:
            return self._visible.distances_to(self.subject, self.method.name, self.max_distance)
        # The hashes of a flat picture mean nothing: only equal contents count.
        equal = self._visible.filter(content_digest=self.subject.content_digest)
        return dict.fromkeys(equal.values_list("pk", flat=True), 0)

    @property
    def count(self) -> int:
        """The number of pictures found."""
        return len(self.distances)

    @property
    def results(self) -> list[SearchResult]:
        """All pictures found, nearest first."""
        return self._results(self.distances)

    @cached_property
    def cards(self) -> list[SearchResult]:
        """The nearest results, as many as a page shows."""
        return self._results(list(self.distances)[:MOST_CARDS])

    @property
    def hash(self) -> str:
        """The hash that was searched for, in hex."""
        return self._hash(self.method)

    def other_methods(self) -> list[OtherMethod]:
        """Return the methods for which the subject has all hashes, this search's included."""
        return [
            OtherMethod(method, self._hash(method), min(self.max_distance, method.width))
            for method in offered()
            if all(algorithm.name in self.subject.hashes for algorithm in method.algorithms)
        ]

    @property
    def _visible(self) -> ImageQuerySet:
        return Image.objects.visible_to(self.viewer)

    def _results(self, keys: Iterable[int]) -> list[SearchResult]:
        images = Image.objects.in_bulk(list(keys))
        return [
            SearchResult(images[key], self.method.similarity(self.distances[key]))
            for key in keys
            if key in images
        ]

    def _hash(self, method: Method) -> str:
        return "+".join(self.subject.hashes[algorithm.name].hex for algorithm in method.algorithms)
