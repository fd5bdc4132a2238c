"""What one can ask of pictures."""

from __future__ import annotations

from typing import Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

from hashing.querysets import SimilarityQuerySet


class ImageQuerySet(SimilarityQuerySet):
    """Pictures, by who may see them and what is written on them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Pictures that `user` may see: public ones and their own, none from the trash."""
        shown = Q(visibility="public")
        if user.is_authenticated:
            shown |= Q(owner=user)
        return self.untrashed() if user.is_superuser else self.untrashed().filter(shown)

    def untrashed(self) -> Self:
        return self.filter(trashed_at__isnull=True)

    def trashed(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def owned_by(self, user: AbstractBaseUser) -> Self:
        return self.filter(owner=user)

    def matching(self, text: str) -> Self:
        """Pictures whose title, description, file name or tags contain every word of `text`."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(original_name__icontains=word)
                | Q(tags__name__icontains=word)
            )
        return found.distinct() if text.split() else found
