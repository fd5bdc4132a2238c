"""What one can ask of pictures."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

from hashing.querysets import SimilarityQuerySet

MOST_WORDS = 10


class ImageQuerySet(SimilarityQuerySet):
    """Pictures, by who may see them and what is written on them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Pictures that `user` may see: public ones and their own, none from the trash."""
        return self.untrashed().permitted_to(user)

    def permitted_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Public pictures and those of `user`, wherever they are; all of them to superusers."""
        shown = Q(visibility="public")
        if user.is_authenticated:
            shown |= Q(owner=user)
        return self.all() if user.is_superuser else self.filter(shown)

    def similar_to(self, *args: Any, **kwargs: Any) -> Self:
        """Return look-alikes as everywhere, but none from the trash."""
        return super(ImageQuerySet, self.untrashed()).similar_to(*args, **kwargs)

    def untrashed(self) -> Self:
        return self.filter(trashed_at__isnull=True)

    def trashed(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def owned_by(self, user: AbstractBaseUser) -> Self:
        return self.filter(owner=user)

    def matching(self, text: str) -> Self:
        """
        Pictures whose title, description, file name or tags contain every word of `text`.

        Words past `MOST_WORDS` are passed over.
        """
        found = self
        tagged = self.model.tags.through.objects
        for word in list(dict.fromkeys(text.split()))[:MOST_WORDS]:
            found = found.filter(
                Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(original_name__icontains=word)
                # Not a join: each would multiply the rows by the tags of a picture.
                | Q(pk__in=tagged.filter(tag__name__icontains=word).values("image_id"))
            )
        return found
