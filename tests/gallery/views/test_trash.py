"""Emptying the trash: who can, what is asked first, and what is deleted."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery import library
from gallery.models import Image
from gallery.views import trash as trash_views

AddImage = Callable[..., Image]

PAGE = "/trash/empty/"


class TestEmpty:
    @pytest.fixture
    def purger(self, client: Client, ann: User) -> Client:
        ann.user_permissions.add(Permission.objects.get(codename="purge_trash"))
        client.force_login(ann)
        return client

    @pytest.fixture
    def gone(self, add_image: AddImage, ann: User) -> list[Image]:
        images = [add_image(seed) for seed in (1, 2)]
        library.trash(images, ann)
        return images

    def test_takes_a_permission(self, client: Client, ann: User, gone: list[Image]) -> None:
        assert client.get(PAGE).status_code == 302
        client.force_login(ann)
        assert client.get(PAGE).status_code == client.post(PAGE).status_code == 403
        assert "Empty the trash" not in client.get("/trash/").content.decode()
        assert Image.objects.count() == 2

    def test_asks_first(self, purger: Client, gone: list[Image]) -> None:
        assert "Empty the trash" in purger.get("/trash/").content.decode()
        shown = purger.get(PAGE)
        assert "<strong>2 pictures</strong>" in shown.content.decode()
        assert purger.post(PAGE).status_code == 422
        assert Image.objects.count() == 2
        response = purger.post(PAGE, {"until": shown.context["until"]}, follow=True)
        assert "Permanently deleted 2 pictures." in response.content.decode()
        assert not Image.objects.exists()

    def test_is_in_the_log_of_the_admin(self, purger: Client, gone: list[Image], ann: User) -> None:
        purger.post(PAGE, {"until": purger.get(PAGE).context["until"]})
        told = LogEntry.objects.filter(user=ann, action_flag=DELETION)
        assert {entry.object_id for entry in told} == {str(image.pk) for image in gone}
        assert {entry.change_message for entry in told} == {"Deleted permanently from the trash"}

    def test_spares_what_came_later_and_what_is_of_others(
        self, purger: Client, gone: list[Image], add_image: AddImage, ann: User, bob: User
    ) -> None:
        until = purger.get(PAGE).context["until"]
        later, foreign = add_image(3), add_image(4, owner=bob)
        library.trash([later, foreign], ann)
        purger.post(PAGE, {"until": until})
        assert set(Image.objects.all()) == {later, foreign}

    def test_many_have_to_be_typed(
        self, purger: Client, gone: list[Image], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trash_views, "MAX_UNTYPED", 1)
        until = purger.get(PAGE).context["until"]
        refused = purger.post(PAGE, {"until": until, "count": "3"})
        assert refused.status_code == 422
        assert "enter 2." in refused.content.decode()
        assert Image.objects.count() == 2
        purger.post(PAGE, {"until": until, "count": "2"})
        assert not Image.objects.exists()

    def test_empty_trash(self, purger: Client) -> None:
        assert "The trash is empty." in purger.get(PAGE).content.decode()

    @pytest.mark.parametrize(
        "until",
        [
            *("", "yesterday", "2026-01-01T00:00:00", "2026-13-01"),
            *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
        ],
    )
    def test_nonsense_deletes_nothing(self, purger: Client, gone: list[Image], until: str) -> None:
        assert purger.post(PAGE, {"until": until}).status_code == 422
        assert Image.objects.count() == 2
