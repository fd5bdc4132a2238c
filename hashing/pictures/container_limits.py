"""Refusal of image files with too many parts, before a decoder sees them."""

from PIL.JpegImagePlugin import MARKER

from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.containers import IMAGE, SOS, gif_blocks, jpeg_segments, png_chunks


def refuse_many_parts(file: BinaryFile) -> None:
    """
    Raise Refusal if the JPEG, PNG or GIF in `file` has too many segments, chunks or blocks.

    Counts what a decoder goes through to read the first picture.
    """
    file.seek(0)
    beginning = file.read(8)
    if beginning.startswith(b"\xff\xd8"):
        _walk_jpeg(file)
    elif beginning.startswith(b"\x89PNG"):
        for _ in png_chunks(file):
            pass
    elif beginning.startswith(b"GIF8"):
        _walk_gif(file)
    file.seek(0)


def _walk_jpeg(file: BinaryFile) -> None:
    for segment in jpeg_segments(file, has_no_length=_is_read_bytewise):
        if segment.marker == SOS:
            return


def _is_read_bytewise(marker: int) -> bool:
    """Return whether Pillow reads the segment of `marker` as if its bytes were markers."""
    _, _, handler = MARKER.get(0xFF00 + marker, ("", "", None))
    return handler is None


def _walk_gif(file: BinaryFile) -> None:
    images = 0
    for block in gif_blocks(file):
        images += block.kind == IMAGE
        # Pillow looks for a second picture to find out whether the first is animated.
        if images == 2:
            return
