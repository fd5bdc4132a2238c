"""An import that is killed, and run again."""

import random
import shutil
import time
from pathlib import Path

import pytest

from gallery.uploads.folder_import import batch_size
from tests.pictures import encoded, photo
from tests.sites import command, finish, number_of, state


@pytest.mark.slow
class TestKilled:
    PICTURES = 200
    KILLS = 10

    @pytest.fixture
    def sites(self, tmp_path: Path) -> tuple[Path, Path]:
        """Two empty sites."""
        var = tmp_path / "killed"
        finish(command(var, "migrate", "-v0"))
        return var, Path(shutil.copytree(var, tmp_path / "undisturbed"))

    @pytest.fixture
    def many(self, tmp_path: Path) -> Path:
        folder = tmp_path / "many"
        folder.mkdir()
        large = photo(1, (540, 480))
        for number in range(self.PICTURES):
            left, top = number % 20 * 20, number // 20 * 40
            crop = large.crop((left, top, left + 160, top + 120))
            (folder / f"{number:03}.jpg").write_bytes(encoded(crop))
        return folder

    def test_resumed_import_ends_like_an_uninterrupted_one(
        self, sites: tuple[Path, Path], many: Path
    ) -> None:
        var, undisturbed = sites
        chance = random.Random()
        for _ in range(self.KILLS):
            process = command(var, "import_images", str(many), "--workers", "2")
            goal = number_of(var, "originals") + chance.randint(1, 20)
            while number_of(var, "originals") < goal and process.poll() is None:
                time.sleep(chance.uniform(0, 0.01))
            process.kill()
            process.communicate()
        survived = len(state(var))
        assert 0 < survived < self.PICTURES
        finish(command(var, "import_images", str(many)))

        finish(command(undisturbed, "import_images", str(many)))
        assert state(var) == state(undisturbed)
        assert number_of(undisturbed, "originals") == self.PICTURES

        # Every picture that was taken in twice left a file behind.
        redone = number_of(var, "originals") - self.PICTURES
        in_flight = batch_size(self.PICTURES) + 2 * 2
        assert redone <= self.KILLS * in_flight

        repaired = finish(command(var, "check_integrity", "--repair", "--grace", "0", "--json"))
        kinds = {finding["kind"] for finding in repaired["findings"]}
        assert kinds <= {"orphan_original", "orphan_rendition"}
        assert repaired["found"] == repaired["mended"] >= redone
        assert finish(command(var, "check_integrity", "--grace", "0", "--json"))["found"] == 0
        assert number_of(var, "originals") == self.PICTURES
        assert number_of(var, "lost-and-found") == repaired["found"]
