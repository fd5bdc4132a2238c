"""
Opening an image file with the decoder of its format.

`Image.open` also compares the size of the picture with a limit that belongs to the whole process,
and warns or raises beyond it. That limit is for the host to set: here every caller has limits of
its own, in `DecodeOptions`, and nothing depends on what other threads do.
"""

import struct
from collections.abc import Iterable
from typing import IO, cast

from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from hashing.pictures.binary_file import BinaryFile

# As many bytes of a file as Pillow's decoders look at to tell whether it is theirs.
PREFIX_BYTES = 16


def identified(file: BinaryFile, formats: Iterable[str]) -> Image.Image:
    """
    Return the picture in `file`, read up to its header, in the first of `formats` that fits.

    Raises UnidentifiedImageError if none does, and whatever decoders raise for damaged files.
    """
    # Pillow needs no more than the three methods, but asks for a whole IO in its types.
    stream = cast(IO[bytes], file)
    Image.init()  # registers the decoders; does nothing the second time
    file.seek(0)
    prefix = file.read(PREFIX_BYTES)
    for name in formats:
        factory, accepts = Image.OPEN[name]
        # A decoder that is not installed answers with a sentence.
        if accepts is not None and accepts(prefix) is not True:
            continue
        file.seek(0)
        try:
            # Pillow's own factory looks for further pictures behind a JPEG, which is of no use
            # here, and warns where it finds none.
            return JpegImageFile(stream) if name == "JPEG" else factory(stream, "")
        except (SyntaxError, IndexError, TypeError, struct.error):
            continue  # what decoders raise for files of another format
    raise UnidentifiedImageError("The file has none of the accepted formats.")
