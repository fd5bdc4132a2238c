"""Turn every subject that `similar_to()` accepts into hashes."""

from collections.abc import Sequence
from io import BytesIO
from os import PathLike
from pathlib import Path
from string import hexdigits
from typing import BinaryIO, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
from django.db import models
from PIL import Image

from hashing.conf import decode_options
from hashing.exceptions import NoHash
from hashing.fields import PerceptualHashField
from hashing.fingerprints import Fingerprint, PerceptualHash, fingerprint
from hashing.pictures import Picture, decode

# What PNG can hold; pictures in other modes are converted first.
PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}


@runtime_checkable
class BitArray(Protocol):
    """A hash of the package ImageHash: bits in an array of any shape, the first one highest."""

    hash: npt.NDArray[np.bool_]


Subject: TypeAlias = (
    models.Model
    | PerceptualHash
    | Fingerprint
    | BitArray
    | Image.Image
    | str
    | PathLike[str]
    | BinaryIO
)


def hashes_of_subject(
    subject: Subject, fields: Sequence[PerceptualHashField]
) -> list[PerceptualHash]:
    """
    Return the hash of `subject` for each of `fields`.

    A string of hex digits only is a hash, any other string the path of a file. Raises NoHash for
    an instance without hashes, Refusal for a file that is not a picture, and ValueError for a
    hash of another width or a subject of another type.
    """
    if isinstance(subject, models.Model):
        return _of_instance(subject, fields)
    if isinstance(subject, PerceptualHash):
        return [_fitting(subject, fields)]
    if isinstance(subject, BitArray):
        return [_fitting(_of_bits(subject), fields)]
    if isinstance(subject, str) and subject and not set(subject) - set(hexdigits):
        return [_fitting(PerceptualHash.parse(subject, fields[0].width), fields)]
    return _of_fingerprint(_fingerprint_of(subject, fields), fields)


def _of_instance(
    instance: models.Model, fields: Sequence[PerceptualHashField]
) -> list[PerceptualHash]:
    hashes = [getattr(instance, field.attname, None) for field in fields]
    known = [hash_ for hash_ in hashes if isinstance(hash_, PerceptualHash)]
    if len(known) < len(fields):
        raise NoHash(f"{instance!r} has no hash to compare: its file could not be decoded.")
    return known


def _of_bits(hash_: BitArray) -> PerceptualHash:
    return PerceptualHash.from_bits("".join("01"[int(bit)] for bit in hash_.hash.flat))


def _fitting(hash_: PerceptualHash, fields: Sequence[PerceptualHashField]) -> PerceptualHash:
    if len(fields) > 1:
        raise ValueError("A hash can be compared by one field only; give a picture instead.")
    if hash_.width != fields[0].width:
        raise ValueError(
            f"{fields[0].name!r} holds hashes of {fields[0].width} bits, not {hash_.width}."
        )
    return hash_


def _fingerprint_of(
    subject: Fingerprint | Image.Image | str | PathLike[str] | BinaryIO,
    fields: Sequence[PerceptualHashField],
) -> Fingerprint:
    if isinstance(subject, Fingerprint):
        return subject
    names = [field.algorithm_name for field in fields]
    if isinstance(subject, Image.Image):
        return fingerprint(_picture_of(subject), names)
    if isinstance(subject, str | PathLike):
        with Path(subject).open("rb") as file:
            return fingerprint(file, names, decode_options())
    if hasattr(subject, "read"):
        return fingerprint(subject, names, decode_options())
    raise ValueError(
        "Value for 'subject' must be an instance, a hash, a fingerprint, a picture, a path or a "
        f"binary file, not {subject!r}."
    )


def _of_fingerprint(
    subject: Fingerprint, fields: Sequence[PerceptualHashField]
) -> list[PerceptualHash]:
    try:
        return [subject.hashes[field.algorithm_name] for field in fields]
    except KeyError as error:
        raise NoHash(f"The fingerprint has no hash made by {error}.") from error


def _picture_of(image: Image.Image) -> Picture:
    """Return `image`, a picture of Pillow's, as if it had been decoded from a file."""
    # A file without loss, so that limits, transparency and orientation are treated alike.
    file = BytesIO()
    exif = image.getexif()
    if image.mode not in PNG_MODES:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.save(file, "PNG", compress_level=1, exif=exif)
    return decode(file, decode_options())
