"""Everything that is known of a picture by looking at it once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image

from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.fingerprints.framings import is_picture
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.pictures import DecodeOptions, Picture, decode

# A page is paper, at least this pale, on this share of it.
WHITE_LEVEL, PAGE_SHARE = 190, 0.6


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of a picture by algorithm, its digests, and whether its hashes tell anything."""

    hashes: dict[str, PerceptualHash]
    sha256: str
    content_digest: str
    is_informative: bool


def fingerprint(
    source: Picture | BinaryIO,
    algorithms: Iterable[str] = ALGORITHMS,
    options: DecodeOptions | None = None,
) -> Fingerprint:
    """Hash a picture, or the picture in a binary file; a bad file raises Refusal."""
    picture = source if isinstance(source, Picture) else decode(source, options)
    return Fingerprint(
        hashes={name: ALGORITHMS[name](picture) for name in algorithms},
        sha256=picture.sha256,
        content_digest=picture.content_digest,
        is_informative=is_informative(picture),
    )


def is_informative(picture: Picture) -> bool:
    """
    Tell whether the hashes of `picture` say anything about it.

    They do not for a picture that is all but one colour, or so fine a pattern (a checkerboard)
    that nothing of it is left at 64 by 64 pixels.
    """
    return is_picture(picture.gray)


def is_page(picture: Picture) -> bool:
    """
    Tell whether `picture` is mostly white paper: a page of text, a receipt, a form.

    Pages that were set in one way share their hashes, whatever is written on them.
    """
    small = np.asarray(picture.gray.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0))
    return float((small >= WHITE_LEVEL).mean()) >= PAGE_SHARE
