"""Accepting the suggestions of many clusters at once."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.admin import bulk
from gallery.decisions import reversal
from gallery.models import Cluster, Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from tests.pictures import upload

AddImage = Callable[..., Image]

PAGE = "/admin/gallery/image/duplicates/bulk/"


@pytest.fixture
def alike(add_image: AddImage) -> list[list[Image]]:
    """Two clusters of look-alikes."""
    return [[add_image(upload(seed, quality=q)) for q in (90, 30)] for seed in (1, 2)]


@pytest.fixture
def copies(add_image: AddImage, ann: User, bob: User) -> list[Image]:
    """A cluster of the same file twice."""
    return [add_image(upload(3), owner=owner, tags=(owner.username,)) for owner in (ann, bob)]


def listed(page: Client, **said: Any) -> dict[str, Any]:
    response = page.post(PAGE, said)
    assert response.status_code == 200
    return response.context


def test_roles(client: Client, ann: User, reviewer: User) -> None:
    assert client.post(PAGE).status_code == 302
    User.objects.filter(pk=ann.pk).update(is_staff=True)
    client.force_login(ann)
    assert client.post(PAGE).status_code == 403
    client.force_login(reviewer)
    assert client.get(PAGE)["Location"] == "/admin/gallery/image/duplicates/"


def test_list_says_what_would_happen_and_changes_nothing(
    page: Client, alike: list[list[Image]], copies: list[Image]
) -> None:
    response = page.post(PAGE, {"bulk": "bytes"})
    shown = html.unescape(response.content.decode())
    assert "<strong>1 cluster</strong>: keep 1, trash 1" in shown
    assert "older upload" in shown
    assert "gets tag bob" in shown
    assert not Image.objects.trashed().exists()


def test_selected_are_one_decision(page: Client, alike: list[list[Image]]) -> None:
    keys = [pair[0].pk for pair in alike]
    context = listed(page, bulk="selected", cluster=keys)
    response = page.post(PAGE, {"plan": context["plan"]}, follow=True)
    assert "2 clusters: kept 2, trashed 2." in response.content.decode()
    assert set(Image.objects.trashed()) == {pair[1] for pair in alike}
    reversal.undo(Decision.objects.get().pk, User.objects.get(username="rae"))
    assert not Image.objects.trashed().exists()


def test_selected_are_no_duplicates_in_one_decision(page: Client, alike: list[list[Image]]) -> None:
    response = page.post(PAGE, {"bulk": "apart", "cluster": [pair[0].pk for pair in alike]})
    assert "keep all 4 pictures" in response.content.decode()
    assert not Verdict.objects.exists()
    page.post(PAGE, {"plan": response.context["plan"]})
    assert [verdict.kind for verdict in Verdict.objects.all()] == ["not_a_duplicate"] * 2
    assert not Image.objects.trashed().exists()
    reversal.undo(Decision.objects.get().pk, User.objects.get(username="rae"))
    assert not Verdict.objects.exists()


def test_large_clusters_are_not_set_apart_with_others(
    page: Client, alike: list[list[Image]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_APART", 1)
    response = page.post(PAGE, {"bulk": "apart", "cluster": [alike[0][0].pk]})
    assert response.context["cards"] == []
    assert "None of the selected clusters can be" in response.content.decode()


def test_merging_is_a_choice(page: Client, copies: list[Image]) -> None:
    plan = listed(page, bulk="bytes")["plan"]
    page.post(PAGE, {"plan": plan, "merge": "1"})
    assert {tag.name for tag in copies[0].tags.all()} == {"ann", "bob"}


def test_one_of_the_kind_only(page: Client, alike: list[list[Image]], copies: list[Image]) -> None:
    assert [card.suggested for card in listed(page, bulk="bytes")["cards"]] == [copies[0]]
    assert listed(page, bulk="pixels")["cards"] == []
    assert listed(page, bulk="selected")["cards"] == []


def test_more_than_a_page_takes_is_told(
    page: Client, add_image: AddImage, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_CLUSTERS", 1)
    for seed in (1, 2):
        for owner in (ann, bob):
            add_image(upload(seed), owner=owner)
    context = listed(page, bulk="bytes")
    assert (len(context["cards"]), context["has_more"]) == (1, True)


def test_clusters_that_changed_are_left_and_told(
    page: Client, alike: list[list[Image]], admin: User
) -> None:
    keys = [pair[0].pk for pair in alike]
    plan = listed(page, bulk="selected", cluster=keys)["plan"]
    deciding.decide(
        DecisionRequest(dict.fromkeys((image.pk for image in alike[0]), Choice.RELATED), admin)
    )
    shown = page.post(PAGE, {"plan": plan}, follow=True).content.decode()
    assert "1 cluster: kept 1, trashed 1." in shown
    assert "1 cluster was left out: root resolved a cluster just now" in shown
    assert list(Image.objects.trashed()) == [alike[1][1]]


def test_plan_of_somebody_else_or_of_nobody_is_refused(
    page: Client, copies: list[Image], admin: User
) -> None:
    plan = listed(page, bulk="bytes")["plan"]
    assert "incomplete" in page.post(PAGE, {"plan": plan + "x"}, follow=True).content.decode()
    page.force_login(admin)
    assert "incomplete" in page.post(PAGE, {"plan": plan}, follow=True).content.decode()
    assert not Image.objects.trashed().exists()


def test_a_cluster_around_a_hidden_picture_can_be_ticked(
    page: Client, add_image: AddImage, bob: User
) -> None:
    hidden = add_image(upload(1, quality=95), owner=bob, visibility="private")
    seen = [add_image(upload(1, quality=quality)) for quality in (90, 30)]
    assert listed(page, bulk="selected")["cards"] == []
    Cluster.objects.update(representative=hidden)
    for ticked in ([seen[0].pk], [image.pk for image in seen]):
        (card,) = listed(page, bulk="selected", cluster=ticked)["cards"]
        assert {member.image for member in card.members} == {*seen}
    assert listed(page, bulk="selected", cluster=[hidden.pk])["cards"] == []
