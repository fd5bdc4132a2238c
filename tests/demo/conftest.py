"""Tests in this folder need the whole site, and the pictures of the demonstration."""

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import PIL
import pytest

import demo
from demo.collection import DemoPicture
from tests.gallery.fixtures import add_image, ann, bob

__all__ = ["add_image", "ann", "bob"]


@pytest.fixture(scope="session")
def drawn(pytestconfig: pytest.Config) -> Callable[[DemoPicture], bytes]:
    """
    A function that returns the file of a picture.

    Drawing all of them takes most of a minute, so the files stay in pytest's cache for as long as
    the code that draws them is the same.
    """
    cache = pytestconfig.cache
    assert cache is not None
    folder = cache.mkdir(f"demo-{_drawing_code()}")
    for other in folder.parent.glob("demo-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)

    def file_of(picture: DemoPicture) -> bytes:
        path = folder / picture.file_name
        if not path.exists():
            # Another process of the same run may read it: it appears whole.
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.write_bytes(picture.encoded())
            draft.replace(path)
        return path.read_bytes()

    return file_of


def _drawing_code() -> str:
    """Return a digest of all that decides how the pictures look."""
    digest = sha256(f"{PIL.__version__} {np.__version__}".encode())
    for path in sorted(Path(*demo.__path__).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
