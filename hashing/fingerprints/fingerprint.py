"""The fingerprint of a picture: its hashes and digests from one decode."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.fingerprints.framings import is_picture
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.pictures import BinaryFile, DecodeOptions, Picture, decode

# A page of text has at least this share of pixels of at least this level (0-255).
WHITE_LEVEL, PAGE_SHARE = 190, 0.6
# Levels of 255 by which the brightest or the darkest thousandth of a picture has to stand out.
POINT_LEVELS = 30


@dataclass(frozen=True)
class Fingerprint:
    """
    The hashes of a picture by algorithm, and its digests.

    `is_informative` is false if the picture has too little detail for its hashes to mean anything.
    """

    hashes: dict[str, PerceptualHash]
    sha256: str
    content_digest: str
    is_informative: bool


def fingerprint(
    source: Picture | BinaryFile,
    algorithms: Iterable[str] = ALGORITHMS,
    options: DecodeOptions | None = None,
) -> Fingerprint:
    """
    Return the fingerprint of a decoded picture, or of the picture in a file.

    `algorithms` are names in `ALGORITHMS`. Raises Refusal for a file that cannot be decoded.
    """
    picture = source if isinstance(source, Picture) else decode(source, options)
    return Fingerprint(
        hashes={name: ALGORITHMS[name](picture) for name in algorithms},
        sha256=picture.sha256,
        content_digest=picture.content_digest,
        is_informative=is_informative(picture),
    )


def is_informative(picture: Picture) -> bool:
    """
    Return whether `picture` has enough detail for its hashes to mean something.

    A picture of nearly one colour does not, nor does a pattern so fine (a checkerboard) that it
    disappears at 64 by 64 pixels.
    """
    return is_picture(picture.gray)


def has_points(picture: Picture) -> bool:
    """
    Return whether points stand out from an otherwise flat `picture`, such as stars from the sky.

    The hashes of such pictures alone say little, but their pixels can be compared. A fine pattern
    stands out to both sides, which does not count.
    """
    small = np.asarray(picture.gray.resize((256, 256), Image.Resampling.BOX, reducing_gap=2.0))
    dark, ground, bright = np.percentile(small, (0.1, 50.0, 99.9))
    nearer, further = sorted((ground - dark, bright - ground))
    return bool(further >= POINT_LEVELS and nearer < further / 2)


def is_page(picture: Picture) -> bool:
    """
    Return whether `picture` is mostly white paper: a page of text, a receipt, a form.

    Pages of one layout have similar hashes, whatever is written on them.
    """
    small = np.asarray(picture.gray.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0))
    return float((small >= WHITE_LEVEL).mean()) >= PAGE_SHARE
