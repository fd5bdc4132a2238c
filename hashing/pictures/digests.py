"""
Digests for exact copies: equal digests mean equal bytes, or equal pixels.

The metadata-free digest follows the idea of jpeg checksums that leave EXIF out: a tagged
file, a stripped one and one with a changed comment have the same pixels and so the same digest.
"""

import hashlib
from typing import BinaryIO

from PIL import Image

# Rows of pixels that are copied at a time.
STRIP = 256


def file_digest(file: BinaryIO) -> str:
    """Return the SHA-256 of all bytes of `file`, in hex."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def pixel_digest(image: Image.Image) -> str:
    """Return the digest of the pixels of `image`, the same for every way of storing them."""
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode in ("1", "L") and not image.has_transparency_data:
        image = image.convert("RGB")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    sha = hashlib.sha256(f"{image.mode} {image.width}x{image.height} ".encode())
    for top in range(0, image.height, STRIP):
        # In strips, because all bytes at once would be one more copy of a large picture.
        bottom = min(top + STRIP, image.height)
        sha.update(image.crop((0, top, image.width, bottom)).tobytes())
    return f"px1:{sha.hexdigest()}"
