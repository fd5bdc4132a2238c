"""Pictures: one row for each stored file."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.models.collections import Album, Tag
from gallery.querysets import ImageQuerySet
from hashing.fields import PerceptualHashField
from hashing.pictures import Holdings


def storage_key(image: Image, filename: str) -> str:
    """
    Return a new storage key for a file of `image`.

    The server makes the whole key, so no client's file name reaches the storage and no file is
    ever overwritten. Only the extension of `filename` is used; it follows from the decoded format.
    """
    unique = uuid.uuid4().hex
    return f"originals/{unique[:2]}/{unique}{PurePath(filename).suffix.lower()}"


class Size(NamedTuple):
    """Width and height of an upright picture, in pixels."""

    width: int
    height: int


class Image(models.Model):
    """A picture: its stored file, the facts that follow from it, and what people wrote about it."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")

    MAX_SOURCE_LENGTH = 1024

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
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("Describe the picture for people who cannot see it."),
    )
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    shares_location = models.BooleanField(
        _("share the location"),
        default=False,
        help_text=_("Keep the GPS data in the file that other people download."),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="images")
    albums = models.ManyToManyField(Album, blank=True, related_name="images")

    # Not Django's ImageField, which would decode every file a second time.
    file = models.FileField(upload_to=storage_key, max_length=200, editable=False)
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    source = models.CharField(
        max_length=MAX_SOURCE_LENGTH,
        blank=True,
        editable=False,
        db_index=True,
        help_text=_("The path of an imported file, starting with the imported folder."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Facts of the file; set from its decoded picture by gallery.files.set_file_columns.
    format = models.CharField(max_length=10, blank=True, editable=False)
    byte_size = models.PositiveBigIntegerField(null=True, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    jpeg_quality = models.PositiveSmallIntegerField(_("JPEG quality"), null=True, editable=False)
    taken_at = models.DateTimeField(null=True, blank=True, editable=False)
    taken_at_precision = models.PositiveIntegerField(
        default=1_000_000,
        editable=False,
        help_text=_("The step of the clock that recorded taken_at, in microseconds."),
    )
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False, db_index=True)
    content_digest = models.CharField(max_length=80, blank=True, editable=False, db_index=True)
    is_informative = models.BooleanField(default=True, editable=False)
    is_page = models.BooleanField(default=False, editable=False)
    holdings = models.JSONField(
        default=dict,
        editable=False,
        help_text=_("What the file holds besides its pixels, such as a video or more bits."),
    )
    decoding = models.CharField(
        max_length=10,
        blank=True,
        editable=False,
        help_text=_("How the file was decoded for its hashes: in full (exact), or reduced."),
    )

    ahash = PerceptualHashField(_("average hash"), source="file", algorithm="ahash")
    dhash = PerceptualHashField(_("difference hash"), source="file", algorithm="dhash")
    phash = PerceptualHashField(_("perceptual hash"), source="file", algorithm="phash")
    whash = PerceptualHashField(_("wavelet hash"), source="file", algorithm="whash")
    colorhash = PerceptualHashField(_("colour hash"), source="file", algorithm="colorhash")
    # These tell copies from pictures that are only similar: hashes of the picture without bars
    # or captions, and finer hashes, of 256 bits, of all three.
    phash_unframed = PerceptualHashField(algorithm="phash", framing="unframed")
    phash_uncaptioned = PerceptualHashField(algorithm="phash", framing="uncaptioned")
    dct256 = PerceptualHashField(algorithm="dct256")
    dct256_unframed = PerceptualHashField(algorithm="dct256", framing="unframed")
    dct256_uncaptioned = PerceptualHashField(algorithm="dct256", framing="uncaptioned")

    objects = ImageQuerySet.as_manager()

    # Other columns that decide which pictures match and who can see them together. Changes to
    # them are logged like those of hashes.
    hash_log_also = (
        *("sha256", "content_digest", "is_informative", "is_page"),
        *("taken_at", "taken_at_precision"),
        *("trashed_at", "owner", "visibility"),
    )

    # Columns that follow from the file, and are saved with it.
    FILE_COLUMNS = (
        *("format", "byte_size", "width", "height", "jpeg_quality"),
        *("taken_at", "taken_at_precision"),
        *("sha256", "content_digest", "is_informative", "is_page", "holdings"),
        "decoding",
    )
    DERIVED = (
        *FILE_COLUMNS,
        *("ahash", "dhash", "phash", "whash", "colorhash"),
        *("phash_unframed", "phash_uncaptioned"),
        *("dct256", "dct256_unframed", "dct256_uncaptioned"),
        "file_hashed_by",
    )

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="gallery_image_newest"),
            # Partial indexes: if nearly every picture has the same value, SQLite would read all of
            # them through a full index and sort them for a single page.
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
        """Text for people who cannot see the picture; never a bare file name."""
        date = date_format(self.created_at, "j F Y")
        untitled = gettext("Untitled picture, uploaded %(date)s") % {"date": date}
        return self.alt_text or self.title or untitled

    @property
    def held(self) -> Holdings:
        """What the file holds besides its pixels."""
        return Holdings.from_json(self.holdings)

    @property
    def is_animation(self) -> bool:
        """Whether the file has several frames; its digest is that of the file then."""
        return self.content_digest.startswith("file1:")

    @property
    def is_trashed(self) -> bool:
        return self.trashed_at is not None

    @property
    def size(self) -> Size:
        """
        Width and height of the picture.

        Raises ValueError if they are unknown: there is no file, or none that can be decoded.
        """
        if self.width is None or self.height is None:
            raise ValueError(f"The size of picture {self.public_id} is unknown.")
        return Size(self.width, self.height)

    @property
    def megapixels(self) -> float:
        """Millions of pixels; 0 if the size is unknown."""
        return (self.width or 0) * (self.height or 0) / 1e6
