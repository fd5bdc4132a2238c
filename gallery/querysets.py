"""The queryset of pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from django.db import connections
from django.db.models import F, Model, Q

from gallery.people import Member, Visitor
from hashing.querysets import SimilarityQuerySet
from hashing.subjects import Subject

if TYPE_CHECKING:
    from gallery.models import Image  # noqa: F401 (named in quotes, as it comes later)

# Words of a search that are looked for.
MOST_WORDS = 10
# An ordering: pictures in the gallery before those in the trash.
SHOWN_FIRST = F("trashed_at").asc(nulls_first=True)


def permitted(user: Visitor, prefix: str = "") -> Q:
    """Return the condition that `user` can see a picture, which the lookup `prefix` leads to."""
    if user.is_superuser:
        return Q()
    shown = Q(**{f"{prefix}visibility": "public"})
    return shown | Q(**{f"{prefix}owner": user}) if user.is_authenticated else shown


class ImageQuerySet(SimilarityQuerySet["Image"]):
    """Pictures, filtered by who can see them and by their texts. Searches leave out the trash."""

    def visible_to(self, user: Visitor) -> Self:
        """Return the pictures outside the trash that are public or belong to `user`."""
        return self.untrashed().permitted_to(user)

    def permitted_to(self, user: Visitor) -> Self:
        """Return public pictures and those of `user`, trashed ones too; superusers get all."""
        return self.filter(permitted(user))

    def similar_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> Self:
        """Return similar pictures outside the trash, nearest first."""
        return super(ImageQuerySet, self.untrashed()).similar_to(subject, by, max_distance)

    def distances_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> dict[int, int]:
        """Return keys and distances of similar pictures outside the trash, nearest first."""
        return super(ImageQuerySet, self.untrashed()).distances_to(subject, by, max_distance)

    def matches_of(self, instance: Model) -> Self:
        """Return copies of the picture `instance` outside the trash, nearest first."""
        return super(ImageQuerySet, self.untrashed()).matches_of(instance)

    def untrashed(self) -> Self:
        return self.filter(trashed_at__isnull=True)

    def trashed(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def owned_by(self, user: Member) -> Self:
        return self.filter(owner=user)

    def matching(self, text: str) -> Self:
        """
        Return pictures whose title, description, file name or tags contain every word of `text`.

        Only the first `MOST_WORDS` different words count.
        """
        pictures = self
        tagged = self.model.tags.through.objects
        for word in list(dict.fromkeys(text.split()))[:MOST_WORDS]:
            lookup, value = self._containing(word)
            pictures = pictures.filter(
                Q(**{f"title__{lookup}": value})
                | Q(**{f"description__{lookup}": value})
                | Q(**{f"original_name__{lookup}": value})
                # A subquery, because each join would multiply the rows by a picture's tags.
                | Q(pk__in=tagged.filter(**{f"tag__name__{lookup}": value}).values("image_id"))
            )
        return pictures

    def _containing(self, word: str) -> tuple[str, str]:
        """Return the lookup, and its value, for texts that contain `word` in any case."""
        if connections[self.db].vendor == "sqlite" and not word.isascii():
            # SQLite's LIKE ignores the case of ASCII letters only; Python's re of all letters.
            return "iregex", re.escape(word)
        return "icontains", word
