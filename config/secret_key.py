"""The secret key of a site on one's own machine: made once, kept in a file of mode 600."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def local_secret_key(path: Path) -> str:
    """Return the key in `path`, making file and key the first time."""
    if not path.exists():
        # Written whole under another name first: of two processes that start together one
        # wins the link, and neither ever reads half a key. mkstemp gives mode 600.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(get_random_secret_key())
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()
