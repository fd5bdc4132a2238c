"""The admin's page of decisions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery import library
from gallery.decisions import exceptions, reversal, visible_decisions
from gallery.decisions.targets import ALBUM
from gallery.library.tagging import put_on
from gallery.library.trash import purge
from gallery.models import Decision, Image
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from tests.pictures import upload

AddImage = Callable[..., Image]

PAGE = "/admin/gallery/image/duplicates/history/"


@pytest.fixture
def pair(add_image: AddImage) -> list[Image]:
    return [add_image(upload(1, f"{q}.jpg", quality=q), title=f"Shot {q}") for q in (90, 30)]


def resolve(pair: list[Image], user: User) -> Decision:
    decision = deciding.decide(
        DecisionRequest({pair[0].pk: Choice.KEEP, pair[1].pk: Choice.TRASH}, user)
    )
    assert decision
    return decision


class TestWhoMaySee:
    def test_roles(self, client: Client, ann: User, reviewer: User, admin: User) -> None:
        assert client.get(PAGE).status_code == 302
        client.force_login(ann)
        assert client.get(PAGE).status_code == 302
        User.objects.filter(pk=ann.pk).update(is_staff=True)
        client.force_login(ann)
        assert client.get(PAGE).status_code == client.post(PAGE).status_code == 403
        for user in (reviewer, admin):
            client.force_login(user)
            assert client.get(PAGE).status_code == 200

    def test_decisions_on_private_pictures_are_for_those_who_see_them(
        self, client: Client, pair: list[Image], reviewer: User, admin: User
    ) -> None:
        decision = resolve(pair, admin)
        Image.objects.filter(pk=pair[0].pk).update(visibility="private")
        client.force_login(reviewer)
        assert list(client.get(PAGE).context["page"].items) == []
        response = client.post(PAGE, {"undo": decision.pk}, follow=True)
        assert "There is no such decision" in response.content.decode()
        assert Image.objects.trashed().count() == 1

    def test_own_decisions_stay_open_to_who_made_them(
        self, client: Client, pair: list[Image], reviewer: User
    ) -> None:
        resolve(pair, reviewer)
        Image.objects.update(visibility="private")
        client.force_login(reviewer)
        shown = client.get(PAGE)
        assert len(shown.context["page"].items) == 1
        assert "Shot" not in shown.content.decode()

    def test_the_trash_of_others_takes_the_permission_to_change(
        self, client: Client, pair: list[Image], ann: User, reviewer: User
    ) -> None:
        decision = library.trash(pair, ann)
        client.force_login(reviewer)
        assert len(client.get(PAGE).context["page"].items) == 1
        reviewer.user_permissions.remove(Permission.objects.get(codename="change_image"))
        client.force_login(User.objects.get(pk=reviewer.pk))
        assert len(client.get(PAGE).context["page"].items) == 0
        client.post(PAGE, {"undo": decision.pk})
        assert Image.objects.trashed().count() == 2

    def test_names_of_private_shelves_are_told_to_nobody_when_their_pictures_have_gone(
        self, pair: list[Image], ann: User, reviewer: User, admin: User
    ) -> None:
        Image.objects.update(visibility="private", owner=ann)
        decision = put_on(pair, ALBUM, "Divorce", ann)
        trashing = library.trash(pair, ann)
        assert decision
        assert trashing
        purge(Image.objects.all(), ann)
        assert decision.pk not in open_to(reviewer)
        assert trashing.pk in open_to(reviewer)  # which only tells how many
        with pytest.raises(exceptions.DecisionNotFound):
            reversal.undo(decision.pk, reviewer)
        assert {decision.pk, trashing.pk} <= open_to(ann) & open_to(admin)


def open_to(user: User) -> set[int]:
    return set(visible_decisions.open_to(user).values_list("pk", flat=True))


class TestList:
    def test_empty(self, client: Client, reviewer: User) -> None:
        client.force_login(reviewer)
        assert "No decisions yet" in client.get(PAGE).content.decode()

    def test_says_who_what_and_when(
        self, client: Client, pair: list[Image], reviewer: User, admin: User
    ) -> None:
        resolve(pair, admin)
        client.force_login(reviewer)
        shown = client.get(PAGE).content.decode()
        assert "Resolved a cluster: kept 1, trashed 1" in shown
        assert "root, <time" in shown
        assert "Shot 30: trashed" in shown

    def test_pages_and_few_queries(
        self,
        client: Client,
        pair: list[Image],
        admin: User,
        django_assert_max_num_queries: Any,
    ) -> None:
        for _ in range(17):
            library.trash(pair, admin)
            library.restore(pair, admin)
        client.force_login(admin)
        with django_assert_max_num_queries(10):
            first = client.get(PAGE)
        second = client.get(PAGE, {"after": first.context["page"].after})
        assert [len(answer.context["page"].items) for answer in (first, second)] == [30, 4]
        assert 'rel="prev"' not in first.content.decode()
        assert 'rel="next"' not in second.content.decode()
        back = client.get(PAGE, {"before": second.context["page"].before})
        assert back.context["page"].items == first.context["page"].items
        assert client.get(PAGE, {"after": "x"}).status_code == 400

    def test_decision_outlives_its_pictures(
        self, client: Client, pair: list[Image], admin: User
    ) -> None:
        resolve(pair, admin)
        Image.objects.all().delete()
        client.force_login(admin)
        assert "kept 1, trashed 1" in client.get(PAGE).content.decode()
        response = client.post(PAGE, {"undo": Decision.objects.get().pk}, follow=True)
        assert response.status_code == 200


class TestUndo:
    def test_any_one(self, client: Client, pair: list[Image], reviewer: User, admin: User) -> None:
        decision = resolve(pair, admin)
        client.force_login(reviewer)
        shown = client.post(PAGE, {"undo": decision.pk}, follow=True).content.decode()
        assert "Undone: kept 1, trashed 1." in shown
        assert "undone by rae" in shown
        assert not Image.objects.trashed().exists()
        client.post(PAGE, {"redo": decision.pk})
        assert list(Image.objects.trashed()) == [pair[1]]

    def test_says_what_was_changed_since(
        self, client: Client, pair: list[Image], admin: User
    ) -> None:
        pair[1].tags.create(name="sea")
        choices = {pair[0].pk: Choice.KEEP, pair[1].pk: Choice.TRASH}
        decision = deciding.decide(DecisionRequest(choices, admin, merge=True))
        pair[0].tags.clear()
        client.force_login(admin)
        shown = client.post(PAGE, {"undo": decision.pk}, follow=True).content.decode()
        assert "One value has been changed since then and was left alone." in shown
        assert not Image.objects.trashed().exists()

    @pytest.mark.parametrize("said", [{}, {"undo": "x"}, {"redo": "9" * 30}, {"undo": "7"}])
    def test_nonsense_is_told(self, client: Client, admin: User, said: dict[str, str]) -> None:
        client.force_login(admin)
        shown = client.post(PAGE, said, follow=True).content.decode()
        assert "here is no such decision" in shown
