"""import_images: its arguments, and what it prints."""

import io
import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from gallery import library
from gallery.models import Image
from tests.gallery.commands import run
from tests.gallery.folder_imports import counts, imported, small_pictures


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Twelve small pictures."""
    return small_pictures(tmp_path / "album")


def test_folder_is_taken_in_with_its_paths(db: None, folder: Path) -> None:
    answer = json.loads(run("import_images", str(folder), "--json"))
    assert (answer["stored"], answer["unchanged"], answer["rejected"]) == (3, 0, 1)
    assert answer["skipped"] == 1  # the notes
    sources = set(Image.objects.values_list("source", flat=True))
    assert sources == {
        "holiday/beach.jpg",
        "holiday/day 1/beach copy.jpg",
        "holiday/day 1/harbour.png",
    }


def test_bad_file_is_named_with_its_reason(db: None, folder: Path) -> None:
    out = run("import_images", str(folder))
    assert f"{folder / 'broken.jpg'}: " in out
    assert out.endswith("Stored 3, unchanged 0, rejected 1, skipped 1.\n")


def test_second_run_stores_nothing(ann: User, folder: Path) -> None:
    run("import_images", str(folder))
    library.trash(Image.objects.filter(source="holiday/beach.jpg"), ann)
    assert run("import_images", str(folder)).endswith(
        "Stored 0, unchanged 3, rejected 1, skipped 1.\n"
        "Unchanged files in the trash: 1. You can restore them on the Trash page.\n"
    )
    assert Image.objects.count() == 3


def test_one_file_can_be_named(db: None, folder: Path) -> None:
    run("import_images", str(folder / "beach.jpg"))
    assert Image.objects.get().source == "beach.jpg"


def test_relative_folder_keeps_its_name(
    db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    run("import_images", ".")
    assert Image.objects.filter(source="holiday/beach.jpg").exists()


def test_owner_and_privacy(ann: User, folder: Path) -> None:
    run("import_images", str(folder), "--owner", "ann", "--private")
    assert set(Image.objects.values_list("owner", "visibility")) == {(ann.pk, "private")}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is nothing at 'nowhere'. Check the path."),
        ([".", "--owner", "zoe"], "There is no user 'zoe'."),
        ([".", "--private"], "Private pictures need an owner: add --owner NAME."),
    ],
)
def test_wrong_argument_is_named(db: None, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match="^" + sentence.replace(".", r"\.")):
        run("import_images", *arguments)


def test_files_in_the_trash_are_counted_and_stay_there(db: None, album: Path) -> None:
    first = imported(album)["results"]
    Image.objects.filter(public_id__in=[first[0]["id"], first[1]["id"]]).update(
        trashed_at=timezone.now()
    )
    second = imported(album)
    assert (counts(second), second["in_trash"]) == ((0, 12, 0), 2)
    result = second["results"][0]
    assert (result["status"], result["code"]) == ("unchanged", "in_trash")
    assert result["id"] == first[0]["id"]
    assert "Restore it from there" in result["reason"]
    assert "code" not in second["results"][2]
    assert Image.objects.trashed().count() == 2
    assert "Unchanged files in the trash: 2." in run("import_images", str(album))
    # A copy outside the trash outweighs the one in it.
    image = Image.objects.get(public_id=first[0]["id"])
    image.pk, image.public_id, image.trashed_at = None, uuid4(), None
    image.save()
    assert imported(album)["in_trash"] == 1


def test_names_command_no_terminal(db: None, album: Path) -> None:
    (album / "a\x1b[2J\nb.jpg").write_bytes(b"")
    out = io.StringIO()
    call_command("import_images", str(album), stdout=out)
    assert f"{album}/a\\x1b[2J\\nb.jpg: This file is empty" in out.getvalue()


def test_number_of_workers_is_checked(db: None, album: Path) -> None:
    with pytest.raises(CommandError, match="--workers must be at least 1, not 0"):
        run("import_images", str(album), "--workers", "0")
