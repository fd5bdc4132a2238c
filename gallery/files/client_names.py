"""A client's name for a file: text to show, never a path to follow."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_BYTES = 255

# Extensions that promise a picture, or promise nothing. A name that promises something else,
# such as a page or a program, is refused even on a good picture: it was made to deceive.
PICTURE_EXTENSIONS = {
    *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "webp", "avif"),
    *("heic", "heif", "tif", "tiff", "bmp", "dib", "jp2", "ico"),
}
EXTENSION = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}")


def clean_name(name: str) -> str:
    """
    Return `name` as text of one line: NFC, without folders, control or direction characters.

    At most `MAX_BYTES` bytes of UTF-8, keeping the extension; "untitled" if nothing is left.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    # Cc and Cf hold control and bidirectional characters, Cs half characters, Zl and Zp breaks.
    kept = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    kept = kept.strip(" .") or "untitled"
    suffix = PurePosixPath(kept).suffix if len(PurePosixPath(kept).suffix) <= 11 else ""
    room = MAX_BYTES - len(suffix.encode())
    stem = kept.removesuffix(suffix).encode()[:room].decode(errors="ignore")
    return stem + suffix


def title_from(name: str) -> str:
    """Return a first title for a picture called `name`: words, or nothing for camera numbers."""
    stem = PurePosixPath(name).stem
    words = re.sub(r"[_\-+.\s]+", " ", stem).strip()
    if re.fullmatch(r"(?i)(img|dsc|dscf|dscn|pxl|mvimg|p|image|photo|untitled)?[\s\d()]*", words):
        return ""
    return (words[:1].upper() + words[1:])[:200]


def promises_picture(name: str) -> bool:
    """Tell whether the extension of `name`, if it has one, is that of a picture."""
    suffix = PurePosixPath(name).suffix[1:]
    return not EXTENSION.fullmatch(suffix) or suffix.lower() in PICTURE_EXTENSIONS
