"""The secret key of a local site: generated once, kept in a file with mode 600."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def local_secret_key(path: Path) -> str:
    """Return the key in `path`; the first call generates it."""
    if not path.exists():
        # Written to a temporary file first: if two processes start together, one of them wins
        # the link and neither reads half a key. mkstemp gives the file mode 600.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()
