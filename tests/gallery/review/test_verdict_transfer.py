"""Verdicts that move: export_verdicts and import_verdicts."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.matching.computed_clusters import image_clusters
from gallery.models import Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from tests.gallery.review_walks import verdicts
from tests.pictures import upload

AddImage = Callable[..., Image]


def export() -> str:
    out = StringIO()
    call_command("export_verdicts", stdout=out)
    return out.getvalue()


def take_in(folder: Path, text: str) -> str:
    file = folder / "verdicts.jsonl"
    file.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("import_verdicts", str(file), stdout=out)
    return out.getvalue()


@pytest.fixture
def trio(add_image: AddImage, reviewer: User) -> list[Image]:
    images = [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]
    a, b, c = (image.pk for image in images)
    deciding.decide(
        DecisionRequest({a: Choice.KEEP, b: Choice.TRASH, c: Choice.NOT_A_DUPLICATE}, reviewer)
    )
    return images


ID = "500897be-c4a4-44a7-932c-1fc61860ef2d"


def line(**said: Any) -> str:
    whole = {"first": "a", "second": "b", "kind": "related", "by": None}
    return json.dumps({**whole, "at": "2026-05-03T12:00:00+00:00", **said})


class TestThereAndBack:
    def test_everything_comes_back(self, trio: list[Image], tmp_path: Path) -> None:
        before, text = verdicts(), export()
        assert len(text.splitlines()) == len(before) == 3
        Verdict.objects.all().delete()
        assert take_in(tmp_path, text) == "3 verdicts imported, 0 known already.\n"
        assert verdicts() == before
        assert export() == text

    def test_twice_is_once(self, trio: list[Image], tmp_path: Path) -> None:
        before, text = verdicts(), export()
        assert take_in(tmp_path, text * 2) == "0 verdicts imported, 3 known already.\n"
        assert verdicts() == before

    def test_what_follows_follows(
        self, trio: list[Image], add_image: AddImage, reviewer: User, tmp_path: Path
    ) -> None:
        a, b, c = (image.content_digest for image in trio)
        Verdict.objects.all().delete()
        text = "\n".join([line(first=a, second=b, kind="duplicate"), "", line(first=c, second=b)])
        take_in(tmp_path, text)
        inferred = Verdict.objects.get(is_inferred=True)
        assert {inferred.first_digest, inferred.second_digest} == {a, c}
        assert inferred.kind == "related"

    def test_clusters_follow(self, add_image: AddImage, reviewer: User, tmp_path: Path) -> None:
        pair = [add_image(upload(1, quality=quality)) for quality in (90, 30)]
        assert image_clusters()
        digests = [image.content_digest for image in pair]
        take_in(tmp_path, line(first=digests[0], second=digests[1], by="rae"))
        assert not image_clusters()
        assert Verdict.objects.get().decided_by == reviewer
        assert {Verdict.objects.get().first, Verdict.objects.get().second} == set(pair)

    def test_copies_of_one_content_go_by_their_ids(
        self, add_image: AddImage, bob: User, reviewer: User, tmp_path: Path
    ) -> None:
        pair = [add_image(upload(1)), add_image(upload(1), owner=bob)]
        deciding.decide(
            DecisionRequest(dict.fromkeys((image.pk for image in pair), Choice.RELATED), reviewer)
        )
        text = export()
        assert str(pair[0].public_id) in text
        Verdict.objects.all().delete()
        assert take_in(tmp_path, text) == "1 verdict imported, 0 known already.\n"
        assert export() == text
        pair[0].delete()
        told = "1 known already, 1 waiting for missing copies.\n"
        assert take_in(tmp_path, text).endswith(told)
        assert export() == text
        # As earlier versions wrote it of copies that had gone.
        assert "1 waiting" in take_in(tmp_path, line(second="a", first_copy=None))

    def test_marks_and_line_ends_of_other_programs(self, db: None, tmp_path: Path) -> None:
        by_name = json.dumps(json.loads(line(by="a\u2028b")), ensure_ascii=False)
        told = take_in(tmp_path, f"\ufeff{line(first='x')}\r\n\r\n{by_name}\r\n")
        assert told == "2 verdicts imported, 0 known already.\n"

    def test_later_word_counts(self, db: None, tmp_path: Path) -> None:
        early, late = "2025-05-03T12:00:00+00:00", "2026-05-03T12:00:00+02:00"
        text = [line(at=late, kind="related"), line(at=early, kind="duplicate")]
        take_in(tmp_path, "\n".join(text))
        assert Verdict.objects.get().kind == "related"
        take_in(tmp_path, line(at=early, kind="not_a_duplicate"))
        assert Verdict.objects.get().kind == "related"
        take_in(tmp_path, line(first="b", second="a", kind="not_a_duplicate"))
        assert Verdict.objects.get().kind == "not_a_duplicate"


class TestBadFiles:
    @pytest.mark.parametrize(
        ("bad", "told"),
        [
            ("{", "Line 2: This is not JSON."),
            ("[" * 100_000, "Line 2: This is not JSON."),
            ("[]", "Line 2: A verdict is an object with"),
            (line(mood="good"), "Line 2: A verdict is an object with"),
            (line(first=7), "Line 2: 'first' is missing or is not a text."),
            (line(by=7), "Line 2: 'by' is missing or is not a text."),
            (line(by=False), "Line 2: 'by' is missing or is not a text."),
            (line(second="a", first_copy=[]), "Line 2: 'first_copy' is missing or is not a text."),
            (line(second="a", first_copy="1", second_copy="2"), "The id of a copy is a UUID."),
            (
                line(second="a", first_copy=ID, second_copy=ID),
                "Both copies are the same picture.",
            ),
            (line(first="a\0"), "Line 2: A content digest has 1 to 80"),
            (line(first="x" * 81), "Line 2: A content digest has 1 to 80"),
            (line(first=""), "Line 2: A content digest has 1 to 80"),
            (line(kind="twin"), "Line 2: The kind must be one of duplicate,"),
            (line(at="2026-05-03T12:00:00"), "Line 2: The time must be like"),
            (line(at="0001-01-01T00:00:00+14:00"), "Line 2: The time must be like"),
            (line(at="9999-12-31T23:59:59-12:00"), "Line 2: The time must be like"),
            (line(at="2026-99-03T12:00:00Z"), "Line 2: The time must be like"),
        ],
    )
    def test_is_named_and_nothing_is_taken_in(
        self, db: None, tmp_path: Path, bad: str, told: str
    ) -> None:
        with pytest.raises(CommandError) as caught:
            take_in(tmp_path, "\n".join([line(), bad, line(first="c")]))
        assert str(caught.value).startswith("Nothing was imported.\n")
        assert told in str(caught.value)
        assert not Verdict.objects.exists()

    def test_many_complaints_are_counted(self, db: None, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"Line 20: .*\nand 10 more"):
            take_in(tmp_path, "{\n" * 30)

    def test_other_files(self, db: None, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be read: No such file"):
            call_command("import_verdicts", str(tmp_path / "none"))
        (tmp_path / "x").write_bytes(b"\xff\xfe")
        with pytest.raises(CommandError, match="not UTF-8"):
            call_command("import_verdicts", str(tmp_path / "x"))
