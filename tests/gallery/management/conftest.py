"""What tests of commands share."""

from pathlib import Path

import pytest

from tests.pictures import encoded, photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three good pictures, two of them equal, a broken one, and something else."""
    folder = tmp_path / "holiday"
    (folder / "day 1").mkdir(parents=True)
    (folder / "beach.jpg").write_bytes(encoded(photo(1)))
    (folder / "day 1" / "beach copy.jpg").write_bytes(encoded(photo(1)))
    (folder / "day 1" / "harbour.png").write_bytes(encoded(photo(2), "PNG"))
    (folder / "broken.jpg").write_bytes(encoded(photo(3))[:3000])
    (folder / "notes.txt").write_text("not a picture")
    return folder
