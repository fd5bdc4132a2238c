"""A finer perceptual hash: the signs of 256 cosine coefficients."""

import imagehash
import numpy as np
from PIL import Image

from hashing.fingerprints.framings import View

SIDE, LOW = 64, 16

# The cosines of the discrete cosine transform (DCT-II) along one side, lowest frequency first.
_COSINES = np.cos(np.pi * np.outer(np.arange(LOW), 2 * np.arange(SIDE) + 1) / (2 * SIDE))


def cosine_hash(picture: View) -> imagehash.ImageHash:
    """
    Return which of the 16 by 16 lowest cosine coefficients of `picture` are above zero.

    As ImageHash's phash in its way, but finer, and against zero instead of the median: a turn of
    the picture changes signs and order only, so the turned hash follows from the bits. The first
    coefficient is the mean, which is always above zero.
    """
    pixels = picture.gray.resize((2 * SIDE, 2 * SIDE), Image.Resampling.BOX)
    sums = np.asarray(pixels).reshape(SIDE, 2, SIDE, 2).sum(axis=(1, 3), dtype=np.float64)
    signs = _COSINES @ sums @ _COSINES.T > 0
    signs[0, 0] = True
    return imagehash.ImageHash(signs)
