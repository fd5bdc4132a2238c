"""The page on which a reviewer looks over their last decisions."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Decision, Image
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from tests.pictures import upload

AddImage = Callable[..., Image]

PAGE = "/admin/gallery/image/duplicates/contact-sheet/"


@pytest.fixture
def decided(add_image: AddImage, reviewer: User) -> list[Decision]:
    pairs = [[add_image(upload(seed, quality=q)) for q in (90, 30)] for seed in range(3)]
    return [
        deciding.decide(DecisionRequest({a.pk: "keep", b.pk: "trash"}, reviewer)) for a, b in pairs
    ]


def test_roles(client: Client, ann: User, reviewer: User) -> None:
    assert client.get(PAGE).status_code == 302
    User.objects.filter(pk=ann.pk).update(is_staff=True)
    client.force_login(ann)
    assert client.get(PAGE).status_code == client.post(PAGE).status_code == 403
    client.force_login(reviewer)
    assert "No decisions yet" in client.get(PAGE).content.decode()


def test_last_decisions_of_ones_own_with_their_pictures(
    client: Client, decided: list[Decision], reviewer: User, admin: User, settings: pytest.Item
) -> None:
    settings.GALLERY = {"CONTACT_SHEET_AFTER": 2}
    client.force_login(reviewer)
    shown = client.get(PAGE, {"sort": "newest"})
    assert [listed.decision for listed in shown.context["decisions"]] == decided[:0:-1]
    html = shown.content.decode()
    assert html.count("<img") == 4
    assert 'href="/admin/gallery/image/duplicates/?sort=newest"' in html
    client.force_login(admin)
    assert client.get(PAGE).context["decisions"] == []


def test_each_can_be_taken_back_and_made_again(
    client: Client, decided: list[Decision], reviewer: User
) -> None:
    client.force_login(reviewer)
    response = client.post(PAGE, {"undo": decided[0].pk}, follow=True)
    assert "Undone: kept 1, trashed 1." in response.content.decode()
    assert Image.objects.trashed().count() == 2
    client.post(PAGE, {"redo": decided[0].pk})
    assert Image.objects.trashed().count() == 3
