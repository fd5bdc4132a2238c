"""One behaviour, many shapes: after Django's own tests of ImageField."""

import uuid

from django.db import models

from hashing.fields import PerceptualHashField
from hashing.querysets import SimilarityQuerySet
from hashing.same_pictures import SamePictureHashes


class Plain(models.Model):
    """A file and its hash."""

    name = models.CharField(max_length=50, blank=True)
    file = models.FileField(upload_to="plain", blank=True)
    phash = PerceptualHashField(source="file", algorithm="phash")

    objects = SimilarityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class PlainProxy(Plain):
    class Meta:
        proxy = True


class PlainChild(Plain):
    note = models.CharField(max_length=50, blank=True)


class HashFirst(models.Model):
    """The hash stands before its file."""

    name = models.CharField(max_length=50, blank=True)
    phash = PerceptualHashField(source="file")
    file = models.FileField(upload_to="hash_first", blank=True)

    objects = SimilarityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Base(models.Model):
    name = models.CharField(max_length=50, blank=True)
    file = models.FileField(upload_to="based", blank=True)
    phash = PerceptualHashField()

    objects = SimilarityQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Based(Base):
    """Hash and file come from an abstract base."""


class Twofold(models.Model):
    """Two files, and two hashes of the first."""

    name = models.CharField(max_length=50, blank=True)
    file = models.FileField(upload_to="twofold", blank=True)
    cover = models.FileField(upload_to="twofold", blank=True)
    phash = PerceptualHashField(source="file", algorithm="phash")
    colorhash = PerceptualHashField(source="file", algorithm="colorhash")
    cover_hash = PerceptualHashField(source="cover", algorithm="dhash")

    objects = SimilarityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Matched(models.Model):
    """All that tells the same picture."""

    name = models.CharField(max_length=50, blank=True)
    file = models.FileField(upload_to="matched", blank=True)
    is_informative = models.BooleanField(default=True)
    is_page = models.BooleanField(default=False)
    phash = PerceptualHashField()
    phash_unframed = PerceptualHashField(framing="unframed")
    phash_uncaptioned = PerceptualHashField(framing="uncaptioned")
    dct256 = PerceptualHashField(algorithm="dct256")
    dct256_unframed = PerceptualHashField(algorithm="dct256", framing="unframed")
    dct256_uncaptioned = PerceptualHashField(algorithm="dct256", framing="uncaptioned")

    objects = SimilarityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Shelf(models.Model):
    """What takes its rows with it when it goes."""

    def __str__(self) -> str:
        return f"Shelf {self.pk}"


class Shelved(Base):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)


class Identified(SamePictureHashes):
    """A picture with a UUID as its key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="identified", blank=True)

    def __str__(self) -> str:
        return str(self.pk)


class IdentifiedChild(Identified):
    """A child whose key is that of its parent."""

    note = models.CharField(max_length=50, blank=True)


class Titled(SamePictureHashes):
    """A picture with text as its key, and its file in a field of another name."""

    hash_source = "scan"

    title = models.CharField(max_length=50, primary_key=True)
    scan = models.ImageField(upload_to="titled", blank=True)

    def __str__(self) -> str:
        return self.title


class Dated(models.Model):
    """A picture of the day, and one hash that has a name of its own."""

    day = models.DateField(primary_key=True)
    file = models.FileField(upload_to="dated", blank=True)
    fingerprint = PerceptualHashField(algorithm="dhash")

    objects = SimilarityQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.day)
