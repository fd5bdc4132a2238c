"""A picture: what the gallery is about."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from gallery.models.collections import Album, Tag
from gallery.querysets import ImageQuerySet
from hashing.fields import PerceptualHashField


def storage_key(image: Image, filename: str) -> str:
    """
    Return where the file of `image` is stored.

    The server makes the whole key, new for each file: no name of a client's choosing reaches the
    storage, and a file is never overwritten. The extension is that of the decoded format.
    """
    unique = uuid.uuid4().hex
    return f"originals/{unique[:2]}/{unique}{PurePath(filename).suffix.lower()}"


class Image(models.Model):
    """A picture: one stored file, what is known of it, and what people say of it."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", "Public"
        PRIVATE = "private", "Private"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="images",
    )
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    alt_text = models.CharField(
        "alternative text",
        max_length=300,
        blank=True,
        help_text="What the picture shows, for those who cannot see it.",
    )
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    shares_location = models.BooleanField(
        "share the location",
        default=False,
        help_text="Leave the place where it was taken in the file that others download.",
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="images")
    albums = models.ManyToManyField(Album, blank=True, related_name="images")

    # A FileField, not Django's ImageField: that one decodes by itself, and so a second time.
    file = models.FileField(upload_to=storage_key, max_length=200, editable=False)
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    source = models.CharField(
        max_length=1024,
        blank=True,
        editable=False,
        db_index=True,
        help_text="For imported pictures: the path, from the imported folder's name on.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # What one decode of the file tells; set on save by gallery.receivers.
    format = models.CharField(max_length=10, blank=True, editable=False)
    byte_size = models.PositiveBigIntegerField(null=True, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    jpeg_quality = models.PositiveSmallIntegerField("JPEG quality", null=True, editable=False)
    taken_at = models.DateTimeField(null=True, blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False, db_index=True)
    content_digest = models.CharField(max_length=80, blank=True, editable=False, db_index=True)
    is_informative = models.BooleanField(default=True, editable=False)
    is_page = models.BooleanField(default=False, editable=False)
    decoding = models.CharField(
        max_length=10,
        blank=True,
        editable=False,
        help_text="How closely the file was looked at: exact, or at a reduced scale.",
    )

    ahash = PerceptualHashField("average hash", source="file", algorithm="ahash")
    dhash = PerceptualHashField("difference hash", source="file", algorithm="dhash")
    phash = PerceptualHashField("perceptual hash", source="file", algorithm="phash")
    whash = PerceptualHashField("wavelet hash", source="file", algorithm="whash")
    colorhash = PerceptualHashField("colour hash", source="file", algorithm="colorhash")
    # What tells the same picture from one that is only alike: the hash of what is left when bars
    # are cut, and finer hashes of all three.
    phash_unframed = PerceptualHashField(algorithm="phash", framing="unframed")
    phash_uncaptioned = PerceptualHashField(algorithm="phash", framing="uncaptioned")
    dct256 = PerceptualHashField(algorithm="dct256")
    dct256_unframed = PerceptualHashField(algorithm="dct256", framing="unframed")
    dct256_uncaptioned = PerceptualHashField(algorithm="dct256", framing="uncaptioned")

    objects = ImageQuerySet.as_manager()

    # What else decides which pictures match, and who sees them together: whoever follows the log
    # hears of these too.
    hash_log_also = (
        *("sha256", "content_digest", "is_informative", "is_page", "taken_at"),
        *("trashed_at", "owner", "visibility"),
    )

    # Columns that follow from the file, and are saved whenever it is.
    DESCRIPTION = (
        *("format", "byte_size", "width", "height", "jpeg_quality", "taken_at"),
        *("sha256", "content_digest", "is_informative", "is_page", "decoding"),
    )
    DERIVED = (
        *DESCRIPTION,
        *("ahash", "dhash", "phash", "whash", "colorhash"),
        *("phash_unframed", "phash_uncaptioned"),
        *("dct256", "dct256_unframed", "dct256_uncaptioned"),
    )

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="gallery_image_newest"),
            # These hold only what they are asked for. An index in which nearly every picture has
            # the same value lures SQLite into sorting all of them for one page.
            models.Index(
                fields=["trashed_at"],
                name="gallery_image_trashed",
                condition=models.Q(trashed_at__isnull=False),
            ),
            models.Index(
                fields=["owner", "visibility"],
                name="gallery_image_shown",
                condition=models.Q(trashed_at__isnull=True),
            ),
        )
        permissions = (
            ("review_duplicates", "Can review duplicates"),
            ("purge_trash", "Can empty the trash"),
        )

    def __str__(self) -> str:
        return self.title or self.original_name or str(self.public_id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if (fields := kwargs.get("update_fields")) is not None and "file" in fields:
            kwargs["update_fields"] = {*fields, *self.DERIVED}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("gallery:detail", args=[self.public_id])

    @property
    def alt(self) -> str:
        """Text that stands for the picture where it cannot be seen; never a bare file name."""
        uploaded = date_format(self.created_at, "j F Y")
        return self.alt_text or self.title or f"Untitled picture, uploaded {uploaded}"

    @property
    def is_trashed(self) -> bool:
        return self.trashed_at is not None

    @property
    def megapixels(self) -> float:
        return (self.width or 0) * (self.height or 0) / 1e6
