"""find_similar: what it prints, and its arguments."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError
from PIL import ImageOps

from gallery.models import Image
from tests.gallery.commands import ESCAPED, UNPRINTABLE, run
from tests.pictures import encoded, photo

AddImage = Callable[..., Image]


def test_nearest_come_first(add_image: AddImage, folder: Path) -> None:
    cropped = encoded(photo(1).crop((6, 4, 320, 240)))
    far = add_image(SimpleUploadedFile("cropped.jpg", cropped))
    near = add_image(1)
    add_image(2)
    answer = json.loads(run("find_similar", str(folder / "beach.jpg"), "--json"))
    assert [result["id"] for result in answer["results"]] == [
        str(near.public_id),
        str(far.public_id),
    ]
    first = answer["results"][0]
    assert first["distance"] == 0 < answer["results"][1]["distance"]
    assert (first["hash"], first["bits"]) == (near.phash.hex, near.phash.bits)
    assert Image.objects.count() == 3


def test_same_picture_comes_before_what_is_alike(add_image: AddImage, tmp_path: Path) -> None:
    image = add_image(1)
    sent = tmp_path / "mirrored.jpg"
    sent.write_bytes(encoded(ImageOps.mirror(photo(1))))
    out = run("find_similar", str(sent))
    assert out.splitlines()[0] == f"The same picture: {image.original_name} (mirrored)"
    (same,) = json.loads(run("find_similar", str(sent), "--json"))["same"]
    assert (same["id"], same["turn"]) == (str(image.public_id), "mirrored")


def test_hash_can_be_given(add_image: AddImage) -> None:
    image = add_image(1)
    for text in (image.dhash.hex, image.dhash.bits):
        assert image.dhash.hex in run("find_similar", text, "--by", "dhash")


def test_sum_of_hashes(add_image: AddImage, folder: Path) -> None:
    image = add_image(1)
    file = str(folder / "beach.jpg")
    (found,) = json.loads(run("find_similar", file, "--by", "ahash+colorhash", "--json"))["results"]
    assert found["hash"] == f"{image.ahash}+{image.colorhash}"


def test_nothing_is_said_to_be_nothing(db: None) -> None:
    out = run("find_similar", "81d07fffe0611a85", "--max-distance", "3")
    assert "3 bits" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["xyz"], "'xyz'"),
        (["81d07fffe0611a85", "--max-distance", "65"], "must be from 0 to 64, not 65"),
        (["81d07fffe0611a85", "--by", "md5"], "Value for 'by' must be one of"),
        (["81d07fffe0611a85", "--by", "ahash+dhash"], "give a picture instead"),
        (["81d07fffe0611a85", "--by", "ahash colorhash"], "not 'ahash colorhash'"),
        (["81d07fffe0611a85", "--by", ""], "Value for 'by' must be one of"),
        (["x" * 300], "hash"),
        (["."], "'.'"),
        (["a\0b"], "hash"),
    ],
)
def test_wrong_argument_is_named(db: None, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as caught:
        run("find_similar", *arguments)
    assert words in str(caught.value)


def test_bad_file_is_named(db: None, folder: Path) -> None:
    with pytest.raises(CommandError, match=r"broken.jpg: "):
        run("find_similar", str(folder / "broken.jpg"))


def test_file_that_cannot_be_read_is_named(
    db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    for call in ("open", "stat"):
        monkeypatch.setattr(Path, call, refuse)
        sentence = "beach.jpg: This file cannot be read: Permission denied. Check"
        with pytest.raises(CommandError, match=sentence):
            run("find_similar", str(folder / "beach.jpg"))


def test_names_command_no_terminal(add_image: AddImage, folder: Path) -> None:
    add_image(1, source=UNPRINTABLE)
    assert run("find_similar", str(folder / "beach.jpg")).endswith(f"  {ESCAPED}\n")
    (bad := folder / UNPRINTABLE).write_bytes(b"")
    with pytest.raises(CommandError) as caught:
        run("find_similar", str(bad))
    assert str(caught.value).startswith(f"{folder}/{ESCAPED}: ")
