"""Hashes of whole pictures by other tools, and the pairs they take for copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import imagehash
import numpy as np
import numpy.typing as npt
import scipy.fftpack
from PIL import Image as PillowImage

from hashing.pictures import Picture

try:
    import pdqhash
except ImportError:
    pdqhash = None

Bits = npt.NDArray[np.uint8]
KeyPair = tuple[int, int]


def phash(picture: Picture) -> Bits:
    return np.packbits(imagehash.phash(picture.image).hash)


def imagededup_phash(picture: Picture) -> Bits:
    """imagededup 0.3's PHash, its default method, step by step."""
    small = picture.image.resize((32, 32), PillowImage.Resampling.LANCZOS).convert("L")
    pixels = np.asarray(small).astype(np.float64)
    low = scipy.fftpack.dct(scipy.fftpack.dct(pixels, axis=0), axis=1)[:8, :8]
    return np.packbits(low >= np.median(low.ravel()[1:]))


def pdq(picture: Picture) -> Bits:
    """Return the hash in all eight turns, upright first; none if PDQ rates its quality as low."""
    hashes, quality = pdqhash.compute_dihedral(np.asarray(picture.image))
    packed = np.packbits(np.array(hashes, dtype=np.uint8), axis=-1)
    return packed if quality >= 50 else np.zeros((0, 32), dtype=np.uint8)


RIVALS: dict[str, Callable[[Picture], Bits]] = {
    "imagehash_phash_10": phash,
    "imagededup_phash_10": imagededup_phash,
    **({"pdq": pdq} if pdqhash else {}),
}


def rival_pairs(
    computed: Mapping[str, Mapping[int, Bits]], keys: list[int]
) -> dict[str, set[KeyPair]]:
    """Return the pairs that each rival takes for copies."""
    found = {}
    for name in ("imagehash_phash_10", "imagededup_phash_10"):
        hashes = computed[name]
        found[name] = near(keys, {key: hashes[key][None] for key in keys}, 10)
    if pdqhash:
        hashes = computed["pdq"]
        found["pdq_31"] = near(keys, {key: hashes[key][:1] for key in keys}, 31)
        found["pdq_8_turns_79"] = near(keys, hashes, 79)
    return found


def near(keys: list[int], hashes: Mapping[int, Bits], most: int) -> set[KeyPair]:
    """Return pairs in which any hash of one is near the first hash of the other."""
    held = [key for key in keys if len(hashes[key])]
    first = np.stack([hashes[key][0] for key in held])
    pairs = set()
    for key in held:
        distances = np.bitwise_count(hashes[key][:, None] ^ first[None]).sum(axis=-1)
        for place in np.flatnonzero((distances <= most).any(axis=0)).tolist():
            if held[place] != key:
                pairs.add((min(key, held[place]), max(key, held[place])))
    return pairs
