"""Names that clients give to files: text to show, never a path."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_BYTES = 255

# Extensions of pictures. A name with any other extension, such as that of a page or a program, is
# refused even if the file is a picture: it may be meant to deceive.
PICTURE_EXTENSIONS = {
    *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "webp", "avif"),
    *("heic", "heif", "tif", "tiff", "bmp", "dib", "jp2", "ico"),
}
EXTENSION = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}")


def clean_name(name: str) -> str:
    """
    Return `name` as one line in NFC, without folders and without control or direction characters.

    The result has at most `MAX_BYTES` bytes in UTF-8 and keeps its extension. It is "untitled" if
    nothing else remains.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    # Cc and Cf are control and direction characters, Cs lone surrogates, Zl and Zp line breaks.
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = name.strip(" .") or "untitled"
    suffix = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix) <= 11 else ""
    room = MAX_BYTES - len(suffix.encode())
    stem = name.removesuffix(suffix).encode()[:room].decode(errors="ignore")
    return stem + suffix


def title_from(name: str) -> str:
    """Return a title made from the words in `name`, or "" if it is only a camera's number."""
    stem = PurePosixPath(name).stem
    words = re.sub(r"[_\-+.\s]+", " ", stem).strip()
    if re.fullmatch(r"(?i)(img|dsc|dscf|dscn|pxl|mvimg|p|image|photo|untitled)?[\s\d()]*", words):
        return ""
    return (words[:1].upper() + words[1:])[:200]


def promises_picture(name: str) -> bool:
    """Return whether `name` has the extension of a picture, or none."""
    suffix = PurePosixPath(name).suffix[1:]
    return not EXTENSION.fullmatch(suffix) or suffix.lower() in PICTURE_EXTENSIONS
