"""What one can ask of pictures."""

from __future__ import annotations

import re
from typing import Any, Self

from django.db import connections
from django.db.models import F, Model, Q

from gallery.people import Member, Visitor
from hashing.querysets import SimilarityQuerySet

MOST_WORDS = 10
# Rather what is in the gallery than what is in the trash.
SHOWN_FIRST = F("trashed_at").asc(nulls_first=True)


def permitted(user: Visitor, prefix: str = "") -> Q:
    """Return what is true of pictures that `user` may see, for lookups that begin with `prefix`."""
    if user.is_superuser:
        return Q()
    shown = Q(**{f"{prefix}visibility": "public"})
    return shown | Q(**{f"{prefix}owner": user}) if user.is_authenticated else shown


class ImageQuerySet(SimilarityQuerySet):
    """Pictures, by who may see them and what is written on them."""

    def visible_to(self, user: Visitor) -> Self:
        """Pictures that `user` may see: public ones and their own, none from the trash."""
        return self.untrashed().permitted_to(user)

    def permitted_to(self, user: Visitor) -> Self:
        """Public pictures and those of `user`, wherever they are; all of them to superusers."""
        return self.filter(permitted(user))

    def similar_to(self, *args: Any, **kwargs: Any) -> Self:
        """Return look-alikes as everywhere, but none from the trash."""
        return super(ImageQuerySet, self.untrashed()).similar_to(*args, **kwargs)

    def distances_to(self, *args: Any, **kwargs: Any) -> dict[int, int]:
        """Return keys and distances of look-alikes as everywhere, but of none from the trash."""
        return super(ImageQuerySet, self.untrashed()).distances_to(*args, **kwargs)

    def matches_of(self, instance: Model) -> Self:
        """Return the same picture in other rows as everywhere, but none from the trash."""
        return super(ImageQuerySet, self.untrashed()).matches_of(instance)

    def untrashed(self) -> Self:
        return self.filter(trashed_at__isnull=True)

    def trashed(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def owned_by(self, user: Member) -> Self:
        return self.filter(owner=user)

    def matching(self, text: str) -> Self:
        """
        Pictures whose title, description, file name or tags contain every word of `text`.

        Words past `MOST_WORDS` are passed over.
        """
        found = self
        tagged = self.model.tags.through.objects
        for word in list(dict.fromkeys(text.split()))[:MOST_WORDS]:
            lookup, value = self._containing(word)
            found = found.filter(
                Q(**{f"title__{lookup}": value})
                | Q(**{f"description__{lookup}": value})
                | Q(**{f"original_name__{lookup}": value})
                # Not a join: each would multiply the rows by the tags of a picture.
                | Q(pk__in=tagged.filter(**{f"tag__name__{lookup}": value}).values("image_id"))
            )
        return found

    def _containing(self, word: str) -> tuple[str, str]:
        """Return the lookup, and its value, of texts that contain `word` in any case."""
        if connections[self.db].vendor == "sqlite" and not word.isascii():
            # SQLite's LIKE knows the small letters of ASCII only; Python's re knows all.
            return "iregex", re.escape(word)
        return "icontains", word
