"""hash_images that is killed again and again ends like a run that was left alone."""

import random
import shutil
import time
from pathlib import Path

import pytest

from tests.pictures import encoded, photo
from tests.sites import command, finish, query, state

PICTURES = 200
KILLS = 4
HASHED = "SELECT id FROM gallery_image WHERE phash IS NOT NULL ORDER BY id"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A site with pictures whose hashes and widths are gone."""
    folder, var = tmp_path / "many", tmp_path / "killed"
    folder.mkdir()
    large = photo(1, (540, 480))
    for number in range(PICTURES):
        left, top = number % 20 * 20, number // 20 * 40
        crop = large.crop((left, top, left + 160, top + 120))
        (folder / f"{number:03}.jpg").write_bytes(encoded(crop))
    finish(command(var, "migrate", "-v0"))
    finish(command(var, "import_images", str(folder)))
    return var


@pytest.mark.slow
def test_resumed_run_ends_like_an_uninterrupted_one(var: Path, tmp_path: Path) -> None:
    right = state(var)
    query(var, "UPDATE gallery_image SET phash = NULL, dhash = NULL, width = 1")
    undisturbed = Path(shutil.copytree(var, tmp_path / "undisturbed"))
    chance = random.Random()
    for _ in range(KILLS):
        process = command(var, "hash_images", "--all", "--workers", "2")
        goal = len(query(var, HASHED)) + chance.randint(1, 30)
        while len(query(var, HASHED)) < goal and process.poll() is None:
            time.sleep(chance.uniform(0, 0.01))
        process.kill()
        process.communicate()
        # What was hashed after the place that was kept is done again.
        ((after,),) = query(var, "SELECT coalesce(max(after), '0') FROM hashing_hashrun")
        redone = [key for (key,) in query(var, HASHED) if key > int(after or 0)]
        assert len(redone) <= PICTURES / 100
    done = len(query(var, HASHED))
    assert 0 < done < PICTURES
    rest = finish(command(var, "hash_images", "--all", "--json"))
    assert PICTURES - done <= rest["hashed"] <= PICTURES - done + len(redone)
    finish(command(undisturbed, "hash_images", "--all"))
    assert state(var) == state(undisturbed) == right
    assert query(var, "SELECT * FROM hashing_hashrun") == []
