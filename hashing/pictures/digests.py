"""
Digests for exact copies: equal digests mean equal bytes, or equal pixels.

A digest of the pixels ignores metadata: a file, a copy with other tags and a copy without any
have the same. That of a JPEG is in `jpeg_stream`.
"""

import hashlib

from PIL import Image

from hashing.pictures.binary_file import BinaryFile

# Rows of pixels copied at a time.
STRIP = 256
# Bytes read at a time.
CHUNK = 256 * 1024


def file_digest(file: BinaryFile) -> str:
    """Return the SHA-256 of all bytes of `file`, in hex."""
    sha = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        sha.update(chunk)
    return sha.hexdigest()


def pixel_digest(image: Image.Image) -> str:
    """
    Return the digest of the pixels of `image`, the same for every way of storing them.

    It starts with "px1:" and is the SHA-256 of mode, size and pixels, in RGB or, if anything is
    transparent, in RGBA.
    """
    image = _plain(image)
    sha = hashlib.sha256(f"{image.mode} {image.width}x{image.height} ".encode())
    for top in range(0, image.height, STRIP):
        # In strips, because all bytes at once would be another copy of a large picture.
        bottom = min(top + STRIP, image.height)
        sha.update(image.crop((0, top, image.width, bottom)).tobytes())
    return f"px1:{sha.hexdigest()}"


def digest_of_look(digest: str, depth: int = 8, colours: str = "") -> str:
    """
    Return the digest of what a file looks like, from that of its coded pixels.

    Equal pixels look different if their colours mean something else, and sixteen bits hold more
    than the eight that are decoded. `colours` says what the colours mean, "" for plain sRGB.
    """
    if depth == 8 and not colours:
        return digest
    scheme, _, digits = digest.partition(":")
    marked = hashlib.sha256(f"{digits} {depth} {colours}".encode()).hexdigest()
    return f"{scheme.rstrip('1')}2:{marked}"


def _plain(image: Image.Image) -> Image.Image:
    """Return `image` in the mode that its digest is made in."""
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode in ("1", "L") and not image.has_transparency_data:
        image = image.convert("RGB")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    return image
