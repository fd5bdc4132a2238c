"""
The fine perceptual hash: the signs of 256 coefficients of the discrete cosine transform.

Like the hash of pHash (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010), but of 16 by 16 coefficients instead of 8 by 8, and compared with zero instead
of their median.
"""

import imagehash
import numpy as np
from PIL import Image

from hashing.fingerprints.framings import View

SIDE, LOW = 64, 16

# The cosines of the DCT-II along one side, lowest frequency first: shape (16, 64).
_COSINES = np.cos(np.pi * np.outer(np.arange(LOW), 2 * np.arange(SIDE) + 1) / (2 * SIDE))


def cosine_hash(picture: View) -> imagehash.ImageHash:
    """
    Return which of the 16 by 16 lowest DCT coefficients of `picture` are above zero.

    Turning the picture only changes the signs and the order of coefficients, so the hash of the
    turned picture follows from the bits. The first coefficient is the mean and always counts as
    above zero.
    """
    pixels = picture.gray.resize((2 * SIDE, 2 * SIDE), Image.Resampling.BOX)
    sums = np.asarray(pixels).reshape(SIDE, 2, SIDE, 2).sum(axis=(1, 3), dtype=np.float64)
    signs = _COSINES @ sums @ _COSINES.T > 0
    signs[0, 0] = True
    return imagehash.ImageHash(signs)
