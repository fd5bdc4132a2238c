"""The trash: its scheduled command deletes permanently, and an undo says what it cannot restore."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from gallery import library
from gallery.models import Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from tests.pictures import upload

AddImage = Callable[..., Image]


def purge_trash(*arguments: str) -> str:
    out = StringIO()
    call_command("purge_trash", *arguments, stdout=out)
    return out.getvalue()


def files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


class TestCommand:
    @pytest.fixture
    def old_and_new(self, add_image: AddImage) -> list[Image]:
        images = [add_image(seed) for seed in (1, 2, 3)]
        for image, days in zip(images, (31, 29), strict=False):
            moment = timezone.now() - timedelta(days=days)
            Image.objects.filter(pk=image.pk).update(trashed_at=moment)
        return images

    def test_deletes_what_has_lain_long_enough(
        self, old_and_new: list[Image], settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        before = len(files(settings))
        with django_capture_on_commit_callbacks(execute=True):
            assert purge_trash().startswith("1 picture deleted permanently (")
        assert set(Image.objects.all()) == set(old_and_new[1:])
        assert len(files(settings)) == before * 2 // 3

    def test_files_stay_until_the_commit(self, old_and_new: list[Image], settings: Any) -> None:
        before = files(settings)
        purge_trash()  # in the transaction of this test
        assert files(settings) == before

    def test_other_days_and_dry_run(self, old_and_new: list[Image]) -> None:
        told = purge_trash("--days", "10", "--dry-run")
        assert told.startswith("2 pictures would be deleted")
        assert Image.objects.count() == 3

    def test_setting(self, old_and_new: list[Image], settings: Any) -> None:
        settings.GALLERY = {"TRASH_DAYS": 60}
        assert purge_trash().startswith("0 pictures deleted")

    def test_wrong_days(self, db: None) -> None:
        with pytest.raises(CommandError, match="from 0 to 36500"):
            purge_trash("--days=-1")


class TestUndoOfWhatWasPurged:
    """An undo says which changes it could not reverse."""

    @pytest.fixture
    def copies(self, add_image: AddImage) -> list[Image]:
        return [add_image(upload(1, quality=quality)) for quality in (90, 30)]

    def undo(self, client: Client, admin: User) -> str:
        client.force_login(admin)
        history = "/admin/gallery/image/duplicates/history/"
        number = Decision.objects.latest("pk").pk
        purge_trash("--days", "0")
        return client.post(history, {"undo": number}, follow=True).content.decode()

    def test_the_rest_comes_back(self, client: Client, admin: User, copies: list[Image]) -> None:
        deciding.decide(DecisionRequest({copies[0].pk: "keep", copies[1].pk: "trash"}, admin))
        told = self.undo(client, admin)
        assert "One picture was deleted permanently and could not be restored." in told
        assert "been changed since" not in told
        assert not Verdict.objects.exists()

    def test_there_is_no_rest(self, client: Client, admin: User, copies: list[Image]) -> None:
        library.trash(copies, admin)
        told = self.undo(client, admin)
        assert "Nothing was changed: the pictures of this decision were deleted permanently" in told
        assert "later decisions" not in told

    def test_of_equal_files(
        self, client: Client, admin: User, add_image: AddImage, bob: User
    ) -> None:
        copies = [add_image(upload(1), owner=owner) for owner in (bob, admin)]
        deciding.decide(DecisionRequest({copies[0].pk: "keep", copies[1].pk: "trash"}, admin))
        told = self.undo(client, admin)
        assert "One picture was deleted permanently and could not be restored." in told
        assert not Verdict.objects.exists()


def test_upload_of_what_lies_in_the_trash_offers_to_restore_it(
    client: Client, add_image: AddImage, ann: User
) -> None:
    image = add_image(upload(1))
    library.trash([image], ann)
    client.force_login(ann)
    answer = client.post("/upload/", {"files": upload(1)}, headers={"accept": "application/json"})
    (result,) = answer.json()["results"]
    assert (result["code"], result["status"]) == ("in_trash", "duplicate")
    client.post(result["restore"])
    assert not Image.objects.get().is_trashed
    library.trash([image], ann)
    shown = client.post("/upload/", {"files": upload(1)}).content.decode()
    assert f'action="/i/{image.public_id}/restore/"' in shown
