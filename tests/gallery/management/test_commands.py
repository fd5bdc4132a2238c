"""The command line."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import ImageOps

from gallery import library
from gallery.management.commands import list_clusters
from gallery.matching.computed_clusters import ImageCluster, image_clusters
from gallery.models import Image, Match
from tests.gallery.match_rows import add, picture
from tests.pictures import encoded, photo

AddImage = Callable[..., Image]

# A name that would clear the screen and begin another line, and how it may be printed.
UNPRINTABLE, ESCAPED = "a\x1b[2J\nb.jpg", r"a\x1b[2J\nb.jpg"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


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


class TestImportImages:
    def test_folder_is_taken_in_with_its_paths(self, db: None, folder: Path) -> None:
        answer = json.loads(run("import_images", str(folder), "--json"))
        assert (answer["stored"], answer["unchanged"], answer["rejected"]) == (3, 0, 1)
        assert answer["skipped"] == 1  # the notes
        sources = set(Image.objects.values_list("source", flat=True))
        assert sources == {
            "holiday/beach.jpg",
            "holiday/day 1/beach copy.jpg",
            "holiday/day 1/harbour.png",
        }

    def test_bad_file_is_named_with_its_reason(self, db: None, folder: Path) -> None:
        out = run("import_images", str(folder))
        assert f"{folder / 'broken.jpg'}: The file is incomplete" in out
        assert out.endswith("Stored 3, unchanged 0, rejected 1, skipped 1.\n")

    def test_second_run_stores_nothing(self, ann: User, folder: Path) -> None:
        run("import_images", str(folder))
        library.trash(Image.objects.filter(source="holiday/beach.jpg"), ann)
        assert run("import_images", str(folder)).endswith(
            "Stored 0, unchanged 3, rejected 1, skipped 1.\n"
            "In the trash: 1 of the unchanged. They are restored on the page “Trash”.\n"
        )
        assert Image.objects.count() == 3

    def test_one_file_can_be_named(self, db: None, folder: Path) -> None:
        run("import_images", str(folder / "beach.jpg"))
        assert Image.objects.get().source == "beach.jpg"

    def test_relative_folder_keeps_its_name(
        self, db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        run("import_images", ".")
        assert Image.objects.filter(source="holiday/beach.jpg").exists()

    def test_owner_and_privacy(self, ann: User, folder: Path) -> None:
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
    def test_wrong_argument_is_named(self, db: None, arguments: list[str], sentence: str) -> None:
        with pytest.raises(CommandError, match="^" + sentence.replace(".", r"\.")):
            run("import_images", *arguments)


class TestFindSimilar:
    def test_nearest_come_first(self, add_image: AddImage, folder: Path) -> None:
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

    def test_same_picture_comes_before_what_is_alike(
        self, add_image: AddImage, tmp_path: Path
    ) -> None:
        image = add_image(1)
        sent = tmp_path / "mirrored.jpg"
        sent.write_bytes(encoded(ImageOps.mirror(photo(1))))
        out = run("find_similar", str(sent))
        assert out.splitlines()[0] == f"The same picture: {image.original_name} (mirrored)"
        (same,) = json.loads(run("find_similar", str(sent), "--json"))["same"]
        assert (same["id"], same["turn"]) == (str(image.public_id), "mirrored")

    def test_hash_can_be_given(self, add_image: AddImage) -> None:
        image = add_image(1)
        for text in (image.dhash.hex, image.dhash.bits):
            assert image.dhash.hex in run("find_similar", text, "--by", "dhash")

    def test_sum_of_hashes(self, add_image: AddImage, folder: Path) -> None:
        image = add_image(1)
        file = str(folder / "beach.jpg")
        (found,) = json.loads(run("find_similar", file, "--by", "ahash+colorhash", "--json"))[
            "results"
        ]
        assert found["hash"] == f"{image.ahash}+{image.colorhash}"

    def test_nothing_is_said_to_be_nothing(self, db: None) -> None:
        out = run("find_similar", "81d07fffe0611a85", "--max-distance", "3")
        assert out == "Nothing within 3 bits.\n"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["xyz"], "There is no file 'xyz', and it is no hash"),
            (["81d07fffe0611a85", "--max-distance", "65"], "must be from 0 to 64, not 65"),
            (["81d07fffe0611a85", "--by", "md5"], "Value for 'by' must be one of"),
            (["81d07fffe0611a85", "--by", "ahash+dhash"], "give a fingerprint"),
            (["81d07fffe0611a85", "--by", "ahash colorhash"], "not 'ahash colorhash'"),
            (["81d07fffe0611a85", "--by", ""], "Value for 'by' must be one of"),
            (["x" * 300], "and it is no hash"),
            (["."], "There is no file '.', and it is no hash"),
            (["a\0b"], "and it is no hash"),
        ],
    )
    def test_wrong_argument_is_named(self, db: None, arguments: list[str], words: str) -> None:
        with pytest.raises(CommandError) as caught:
            run("find_similar", *arguments)
        assert words in str(caught.value)

    def test_bad_file_is_named(self, db: None, folder: Path) -> None:
        with pytest.raises(CommandError, match="file is incomplete"):
            run("find_similar", str(folder / "broken.jpg"))

    def test_file_that_cannot_be_read_is_named(
        self, db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: Any) -> None:
            raise PermissionError(13, "Permission denied")

        for call in ("open", "stat"):
            monkeypatch.setattr(Path, call, refuse)
            sentence = "beach.jpg: This file cannot be read: Permission denied. Check"
            with pytest.raises(CommandError, match=sentence):
                run("find_similar", str(folder / "beach.jpg"))

    def test_names_command_no_terminal(self, add_image: AddImage, folder: Path) -> None:
        add_image(1, source=UNPRINTABLE)
        assert run("find_similar", str(folder / "beach.jpg")).endswith(f"  {ESCAPED}\n")
        (bad := folder / UNPRINTABLE).write_bytes(b"")
        with pytest.raises(CommandError) as caught:
            run("find_similar", str(bad))
        assert str(caught.value).startswith(f"{folder}/{ESCAPED}: ")


class TestListClusters:
    @pytest.fixture(autouse=True)
    def imported(self, db: None, folder: Path) -> None:
        run("import_images", str(folder))

    def test_json(self) -> None:
        (cluster,) = json.loads(run("list_clusters", "--format", "json"))["clusters"]
        assert (cluster["diameter"], cluster["kind"]) == (0, "bytes")
        assert cluster["representative"] == cluster["members"][0]["id"]
        assert [member["source"] for member in cluster["members"]] == [
            "holiday/beach.jpg",
            "holiday/day 1/beach copy.jpg",
        ]
        assert set(cluster["members"][0]) == {"id", "name", "source", "hash", "distance"}

    def test_csv(self) -> None:
        rows = list(csv.DictReader(io.StringIO(run("list_clusters", "--format", "csv"))))
        assert [row["name"] for row in rows] == ["beach.jpg", "beach copy.jpg"]
        assert {row["cluster"] for row in rows} == {"1"}

    def test_table(self) -> None:
        out = run("list_clusters")
        assert "Cluster 1: 2 pictures, same file, diameter 0" in out
        assert out.endswith("1 clusters of 2 pictures.\n")

    def test_names_command_no_terminal(self) -> None:
        Image.objects.filter(source="holiday/beach.jpg").update(source=UNPRINTABLE)
        assert f"  {ESCAPED}\n" in run("list_clusters")

    @pytest.mark.parametrize(("gone", "left"), [(0, 2), (2, 2), (slice(0, 2), 0)])
    def test_pictures_that_are_deleted_meanwhile_are_left_out(
        self, add_image: AddImage, monkeypatch: pytest.MonkeyPatch, gone: Any, left: int
    ) -> None:
        add_image(1)

        def found(*arguments: Any) -> list[ImageCluster]:
            (cluster,) = image_clusters(*arguments)
            deleted = cluster.keys[gone]
            Image.objects.filter(pk__in=deleted if left == 0 else [deleted]).delete()
            return [cluster]

        monkeypatch.setattr(list_clusters, "image_clusters", found)
        clusters = json.loads(run("list_clusters", "--format", "json"))["clusters"]
        assert [len(cluster["members"]) for cluster in clusters] == [left] * bool(left)
        for cluster in clusters:
            assert cluster["representative"] == cluster["members"][0]["id"]

    def test_min_size(self) -> None:
        assert json.loads(run("list_clusters", "--min-size", "3", "--format", "json")) == {
            "clusters": []
        }

    def test_wrong_argument_is_named(self) -> None:
        with pytest.raises(CommandError, match="must be from 0 to 64, not 99"):
            run("list_clusters", "--max-distance", "99")


class TestOnPhotographs:
    def test_edited_copies_are_found_and_different_pictures_apart(
        self, db: None, corpus: Path
    ) -> None:
        imported = json.loads(
            run("import_images", str(corpus / "distinct"), str(corpus / "edits"), "--json")
        )
        assert (imported["unchanged"], imported["rejected"]) == (0, 0)
        clusters = json.loads(run("list_clusters", "--format", "json"))["clusters"]
        number_of = {
            member["source"]: number
            for number, cluster in enumerate(clusters)
            for member in cluster["members"]
        }
        with (corpus / "edits.csv").open() as file:
            pairs = [(row["edited"], row["original"]) for row in csv.DictReader(file)]
        together = sum(
            number_of.get(edited, -1) == number_of.get(original) for edited, original in pairs
        )
        assert together >= 0.69 * len(pairs)
        distinct = [number for source, number in number_of.items() if source.startswith("distinct")]
        assert len(distinct) == len(set(distinct))


class TestDemo:
    def test_check_fails_where_copies_are_missed(self, add_image: Any) -> None:
        add_image(1)  # a gallery that holds something is not filled
        with pytest.raises(CommandError, match=r"^Missed: .*-mirrored"):
            run("demo", "--check")

    def test_check_of_copies_that_are_all_found_is_content(
        self, add_image: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from demo.management.commands import demo

        add_image(1)
        monkeypatch.setattr(demo, "demo_pictures", list)
        assert "1 pictures, 0 clusters" in run("demo", "--check")

    def test_password_is_the_same_each_time(self, db: None, settings: Any, tmp_path: Path) -> None:
        from demo.management.commands.demo import _superuser_password

        settings.VAR_DIR = tmp_path
        password = _superuser_password()
        assert _superuser_password() == password
        assert User.objects.get(username="demo").check_password(password)
        assert (tmp_path / "demo_password").stat().st_mode & 0o777 == 0o600

    def test_password_that_was_changed_is_not_told(
        self, db: None, settings: Any, tmp_path: Path
    ) -> None:
        from demo.management.commands.demo import _superuser_password

        settings.VAR_DIR = tmp_path
        _superuser_password()
        user = User.objects.get(username="demo")
        user.set_password("another one")
        user.save()
        assert _superuser_password() == "as you set it"


@pytest.mark.django_db(transaction=True)
def test_match_pictures_compares_what_was_not_compared_and_all_on_request() -> None:
    add(picture(1, variant) for variant in range(3))
    assert run("match_pictures") == "Matches: 3. Clusters: 1.\n"
    add([picture(1, 4)])
    assert run("match_pictures") == "Matches: 6. Clusters: 1.\n"
    Match.objects.all().delete()
    assert run("match_pictures") == "Matches: 0. Clusters: 1.\n"
    assert run("match_pictures", "--all") == "Matches: 6. Clusters: 1.\n"
