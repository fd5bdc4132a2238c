"""Tags and albums."""

import uuid
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify


class NamedCollection(models.Model):
    """A named set of pictures, with an address made from its name."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=110, unique=True, editable=False, allow_unicode=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self) -> str:
        # Cut last, because some letters become several; 100 leave room for the suffix.
        slug = slugify(self.name, allow_unicode=True)[:100] or "untitled"
        if type(self)._base_manager.filter(slug=slug).exists():
            slug = f"{slug}-{uuid.uuid4().hex[:8]}"  # "C++" and "C" have the same slug
        return slug


class Tag(NamedCollection):
    """A word for what pictures show."""

    def get_absolute_url(self) -> str:
        return reverse("gallery:tag", args=[self.slug])


class Album(NamedCollection):
    """Pictures that belong together, with a description."""

    description = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def get_absolute_url(self) -> str:
        return reverse("gallery:album", args=[self.slug])
