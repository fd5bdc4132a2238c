"""hash_images --all goes on where it was stopped, unless that would be something else."""

import random
import shutil
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hashing.checkpoints import place_of
from hashing.management.commands import hash_images as command_module
from hashing.models import HashCheckpoint
from hashing.querysets import SimilarityQuerySet
from tests.pictures import encoded, photo, upload
from tests.sites import command, finish, query, state
from tests.testapp.models import Based, Plain


def hash_images(*arguments: str) -> tuple[str, str]:
    """Return what the command printed, and what it told on the standard error."""
    out, errors = StringIO(), StringIO()
    call_command("hash_images", *arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


@pytest.fixture
def stopped(db: None, monkeypatch: pytest.MonkeyPatch) -> list[Plain]:
    """Six rows, of which a run has worked on three before it was stopped."""
    rows = [Plain.objects.create(file=upload(seed)) for seed in range(6)]
    save = command_module.save_rehashed

    def save_some(instance: Plain, source: str) -> bool:
        if instance.pk == rows[3].pk:
            raise KeyboardInterrupt
        return save(instance, source)

    with monkeypatch.context() as patch:
        patch.setattr(command_module, "save_rehashed", save_some)
        with pytest.raises(KeyboardInterrupt):
            hash_images("--all", "--model", "testapp.Plain")
    return rows


def test_stopped_run_is_gone_on_with_once(stopped: list[Plain]) -> None:
    out, told = hash_images("--all")
    assert out.startswith("3 hashed, 0 failed, in ")
    assert f"testapp.Plain.file: going on after row {stopped[2].pk} of the run" in told
    assert not HashCheckpoint.objects.exists()
    out, told = hash_images("--all")
    assert (out.startswith("6 hashed"), told) == (True, "")


def test_run_can_begin_anew(stopped: list[Plain]) -> None:
    out, told = hash_images("--all", "--restart")
    assert (out.startswith("6 hashed"), told) == (True, "")


def test_run_begins_anew_where_files_are_hashed_in_another_way_now(
    stopped: list[Plain], settings: Any
) -> None:
    settings.HASHING = {**settings.HASHING, "DECODE": "exact"}
    assert hash_images("--all")[0].startswith("6 hashed")


def test_other_models_and_missing_hashes_are_not_passed_over(stopped: list[Plain]) -> None:
    Based.objects.create(file=upload(1))
    Plain.objects.filter(pk=stopped[0].pk).update(phash=None)
    assert hash_images("--missing")[0].startswith("1 hashed")
    assert hash_images("--all", "--model", "testapp.Based")[0].startswith("1 hashed")
    assert hash_images("--all")[0].startswith("4 hashed")


def test_run_that_another_began_anew_leaves_its_place_alone(stopped: list[Plain]) -> None:
    rows = SimilarityQuerySet(Plain)
    old = place_of(rows, "file")
    new = place_of(rows, "file", restart=True)
    old.passed(stopped[5].pk)
    assert HashCheckpoint.objects.get().after is None
    new.passed(stopped[0].pk)
    assert HashCheckpoint.objects.get().after == stopped[0].pk


def test_restart_without_a_run_to_restart_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="--restart goes with --all"):
        hash_images("--missing", "--restart")


class TestKilled:
    PICTURES = 200
    KILLS = 4
    HASHED = "SELECT id FROM gallery_image WHERE phash IS NOT NULL ORDER BY id"

    @pytest.fixture
    def var(self, tmp_path: Path) -> Path:
        """A site with pictures whose hashes and widths are gone."""
        folder, var = tmp_path / "many", tmp_path / "killed"
        folder.mkdir()
        large = photo(1, (540, 480))
        for number in range(self.PICTURES):
            left, top = number % 20 * 20, number // 20 * 40
            crop = large.crop((left, top, left + 160, top + 120))
            (folder / f"{number:03}.jpg").write_bytes(encoded(crop))
        finish(command(var, "migrate", "-v0"))
        finish(command(var, "import_images", str(folder)))
        return var

    def test_resumed_run_ends_like_an_uninterrupted_one(self, var: Path, tmp_path: Path) -> None:
        right = state(var)
        query(var, "UPDATE gallery_image SET phash = NULL, dhash = NULL, width = 1")
        undisturbed = Path(shutil.copytree(var, tmp_path / "undisturbed"))
        chance = random.Random()
        for _ in range(self.KILLS):
            process = command(var, "hash_images", "--all", "--workers", "2")
            goal = len(query(var, self.HASHED)) + chance.randint(1, 30)
            while len(query(var, self.HASHED)) < goal and process.poll() is None:
                time.sleep(chance.uniform(0, 0.01))
            process.kill()
            process.communicate()
            # What was hashed after the place that was kept is done again.
            ((after,),) = query(var, "SELECT coalesce(max(after), 0) FROM hashing_hashrun")
            redone = [key for (key,) in query(var, self.HASHED) if key > after]
            assert len(redone) <= self.PICTURES / 100
        done = len(query(var, self.HASHED))
        assert 0 < done < self.PICTURES
        rest = finish(command(var, "hash_images", "--all", "--json"))
        assert self.PICTURES - done <= rest["hashed"] <= self.PICTURES - done + len(redone)
        finish(command(undisturbed, "hash_images", "--all"))
        assert state(var) == state(undisturbed) == right
        assert query(var, "SELECT * FROM hashing_hashrun") == []
