"""What tests of saving compare rows with."""

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models

from hashing.conf import decode_options
from hashing.fingerprints.fingerprint import fingerprint
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.pictures import encoded, photo
from tests.testapp.models import Based, HashFirst, Plain, PlainChild, PlainProxy, Twofold

SHAPES = [Plain, PlainProxy, PlainChild, HashFirst, Based, Twofold]


def hash_of(seed: int, algorithm: str = "phash") -> PerceptualHash:
    data = encoded(photo(seed))
    return fingerprint(BytesIO(data), [algorithm], decode_options()).hashes[algorithm]


def stored(seed: int) -> str:
    """Return the name of a stored file that no row has yet."""
    return default_storage.save(f"stored-{seed}.jpg", ContentFile(encoded(photo(seed))))


def fresh(row: models.Model) -> Any:
    return type(row)._base_manager.get(pk=row.pk)
