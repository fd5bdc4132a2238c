"""What is decoded at a reduced scale is hashed as if every pixel had been there, nearly."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.pictures.decoding import DecodeOptions, decode
from hashing.pictures.exif import ORIENTATION
from tests.pictures import encoded, photo


def from_camera(path: Path, megapixels: int) -> bytes:
    """Return the picture at `path` as a JPEG of so many megapixels."""
    with Image.open(path) as image:
        scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = (round(image.width * scale), round(image.height * scale))
        large = image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    return encoded(large, "JPEG", quality=90)


def changes(data: bytes, name: str) -> int:
    """Return by how many bits the hash called `name` differs from that of every pixel."""
    reduced = decode(BytesIO(data))
    assert reduced.is_reduced
    exact = decode(BytesIO(data), DecodeOptions(short_side=None))
    return ALGORITHMS[name](reduced) - ALGORITHMS[name](exact)


def test_photographs_keep_their_perceptual_hash(corpus: Path) -> None:
    """
    Measure every fifteenth photograph by name at 3 megapixels, and every sixtieth at 12.

    `benchmarks/fidelity.py` measures all, at 24 megapixels too, against the 0.15 bit that is
    asked for. Hashes move by two bits or not at all, so 0.15 bit is one hash in thirteen; of 20
    that were picked blindly more than five then move in three of a thousand samples. That is the
    bound here: it notices what is broken, not what is a little worse.
    """
    paths = sorted((corpus / "distinct").iterdir())
    found = [changes(from_camera(path, 3), "phash") for path in paths[::15]]
    found += [changes(from_camera(path, 12), "phash") for path in paths[::60]]
    assert np.mean(found) <= 2 * 5 / 20
    assert max(found) <= 4


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_edges_that_a_scale_cuts_move_no_hash(orientation: int) -> None:
    # An odd number of rows and columns ends in the middle of a pixel at half the scale.
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = encoded(photo(8, (1027, 1029)), "JPEG", quality=90, exif=exif)
    for name in ("phash", "dhash", "ahash", "whash"):
        assert changes(data, name) <= 2
