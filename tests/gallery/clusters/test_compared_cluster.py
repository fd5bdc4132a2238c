"""What can be decided on the page that compares two pictures, and what else is in their cluster."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.clusters.compared_cluster import ComparedCluster
from gallery.matching import follower
from gallery.models import Image, Tag
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from gallery.suggestions.suggestion import Preference
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.fixture
def three(add_image: AddImage) -> list[Image]:
    return [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]


def compare(client: Client, first: Image, second: Image, **query: str) -> Any:
    address = reverse("gallery:compare", args=[first.public_id, second.public_id])
    return client.get(address, query)


def test_only_reviewers_decide(client: Client, reviewer: User, three: list[Image]) -> None:
    first, second, _ = three
    for user in (None, first.owner):
        if user:
            client.force_login(user)
        response = compare(client, first, second)
        assert response.context["cluster"] is None
        assert "Decide on these two" not in response.content.decode()
    client.force_login(reviewer)
    assert "Decide on these two" in compare(client, first, second).content.decode()


def test_what_was_decided_is_as_from_the_list(page: Client, three: list[Image]) -> None:
    first, second, third = three
    Tag.objects.create(name="Sea", slug="sea").images.add(first)
    response = compare(page, first, second, back="kind=picture")
    cluster = response.context["cluster"]
    assert cluster.suggested == "A"
    assert cluster.gains == {"B": "gets tag Sea"}
    address = f"{reverse('admin:gallery_image_duplicates')}?kind=picture"
    assert f'action="{address}"' in response.content.decode()
    sent = {f"choice-{image.pk}": "later" for image in (first, second)}
    sent |= {"accept": second.pk, "merge": "1", "as_of": cluster.as_of}
    assert page.post(address, sent)["Location"] == address
    assert list(Image.objects.trashed()) == [first]
    assert list(second.tags.values_list("name", flat=True)) == ["Sea"]
    assert compare(page, second, third).context["cluster"].keys == [second.pk, third.pk]


def test_nothing_is_to_decide_of_strangers(
    page: Client, three: list[Image], add_image: AddImage, reviewer: User
) -> None:
    first, second, _ = three
    assert compare(page, first, add_image(7)).context["cluster"] is None
    assert compare(page, first, first).context["cluster"] is None
    deciding.decide(DecisionRequest({image.pk: "not_a_duplicate" for image in three}, reviewer))
    follower.finish()
    assert compare(page, first, second).context["cluster"] is None


def test_the_strip_walks_through_the_cluster(
    reviewer: User, three: list[Image], add_image: AddImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.clusters.compared_cluster.MOST_SHOWN", 3)
    hidden = add_image(upload(1, quality=20), visibility="private")
    three += [add_image(upload(1, quality=quality)) for quality in (70, 50)]
    first, second = three[:2]
    keys = ComparedCluster.of(first, second, reviewer, Preference()).keys
    assert {*keys} == {image.pk for image in three} - {hidden.pk}
    others = [image for key in keys if key != first.pk for image in three if image.pk == key]
    for place, image in enumerate(others):
        cluster = ComparedCluster.of(first, image, reviewer, Preference())
        assert image in cluster.strip
        assert (len(cluster.strip), len(cluster.keys)) == (3, 5)
        if cluster.previous:
            assert cluster.previous == others[place - 1]
        if cluster.following:
            assert cluster.following == others[place + 1]
        assert bool(cluster.previous) == (place > 0)
        assert bool(cluster.following) == (place < 3)


def test_what_the_back_link_says_is_no_markup(page: Client, three: list[Image]) -> None:
    text = compare(page, *three[:2], back='"><script>').content.decode()
    assert '"><script>' not in text
