"""The hash fields that `matches_of()` needs, for models to inherit."""

from typing import ClassVar

from django.db import models

from hashing.fields import PerceptualHashField
from hashing.fingerprints import Framing
from hashing.querysets import SimilarityQuerySet

UNFRAMED, UNCAPTIONED = Framing.UNFRAMED, Framing.UNCAPTIONED


class SamePictureHashes(models.Model):
    """
    Abstract model with the six hash fields that recognise the same picture, and their manager.

    They hash the file in the field `file`, or in another one that the model names:

        class Photo(SamePictureHashes):
            hash_source = "image"
            image = models.ImageField()
    """

    hash_source: ClassVar[str] = "file"

    phash = PerceptualHashField()
    phash_unframed = PerceptualHashField(framing=UNFRAMED)
    phash_uncaptioned = PerceptualHashField(framing=UNCAPTIONED)
    dct256 = PerceptualHashField(algorithm="dct256")
    dct256_unframed = PerceptualHashField(algorithm="dct256", framing=UNFRAMED)
    dct256_uncaptioned = PerceptualHashField(algorithm="dct256", framing=UNCAPTIONED)

    objects = SimilarityQuerySet.as_manager()

    class Meta:
        abstract = True
