"""hash_images --all resumes where it was interrupted, unless files are hashed otherwise now."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hashing.checkpoints import progress_of
from hashing.management.commands import hash_images as command_module
from hashing.models import HashCheckpoint
from hashing.querysets import SimilarityQuerySet
from tests.pictures import upload
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
    assert f"testapp.Plain.file: resuming after row {stopped[2].pk} the run" in told
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
    old = progress_of(rows, "file")
    new = progress_of(rows, "file", restart=True)
    old.passed(stopped[5].pk)
    assert HashCheckpoint.objects.get().after == ""
    new.passed(stopped[0].pk)
    assert HashCheckpoint.objects.get().after == str(stopped[0].pk)


def test_restart_without_a_run_to_restart_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="--restart requires --all"):
        hash_images("--missing", "--restart")
