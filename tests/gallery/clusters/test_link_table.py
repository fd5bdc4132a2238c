"""The table of how the pictures of a cluster are linked, and its page, where it can be split."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.clusters.cards import cluster_cards
from gallery.clusters.link_table import MOST_SHOWN, LinkTable
from gallery.clusters.visible_clusters import VisibleClusters
from gallery.matching import follower
from gallery.models import Image, Match, Verdict
from tests.gallery.duplicates_forms import PAGE
from tests.gallery.linked_pictures import chain, found, keys, table, table_of
from tests.gallery.match_rows import add, picture
from tests.pictures import upload

AddImage = Callable[..., Image]


class TestPage:
    @pytest.fixture
    def three(self, add_image: AddImage) -> list[Image]:
        return [add_image(upload(1, quality=quality)) for quality in (90, 30, 2)]

    @pytest.fixture
    def alone(self, page: Client, three: list[Image]) -> dict[str, Any]:
        """The address of the one cluster that there is."""
        (card,) = page.get(PAGE).context["cards"]
        return {"cluster": card.cluster.representative}

    def test_a_cluster_alone_tells_how_it_hangs_together(
        self, page: Client, three: list[Image], alone: dict[str, Any]
    ) -> None:
        assert "How they are linked</a>" in page.get(PAGE).content.decode()
        text = page.get(PAGE, alone).content.decode()
        assert text.count("<strong>weakest link</strong>") == 1
        assert "The weakest link is the one between" in text
        assert f"/i/{three[0].public_id}/compare/" in text
        assert "2 pairs will be marked as not duplicates" in text

    def test_of_a_pair_there_is_nothing_to_tell(self, page: Client, pair: list[Image]) -> None:
        response = page.get(PAGE, {"cluster": pair[0].pk})
        assert response.context["links"] is None

    def test_is_split_at_its_weakest_link_and_taken_back(
        self, page: Client, three: list[Image], alone: dict[str, Any]
    ) -> None:
        shown = page.get(PAGE, alone).context
        outlook = shown["links"].outlook
        sent = {
            "split": "1",
            "as_of": shown["as_of"],
            "stay": " ".join(map(str, outlook.stay)),
            "leave": " ".join(map(str, outlook.leave)),
        }
        told = page.post(PAGE, sent, follow=True)
        assert (
            "Split off 1 of 3 pictures, 2 pairs marked as not duplicates" in told.content.decode()
        )
        (card,) = told.context["cards"]
        assert {*card.cluster.keys} == {*outlook.stay}
        page.post(PAGE, {"undo": told.context["last"].pk})
        assert len(page.get(PAGE).context["cards"][0].members) == 3
        assert not Verdict.objects.exists()

    def test_chosen_pictures_are_split_off(
        self, page: Client, three: list[Image], alone: dict[str, Any]
    ) -> None:
        for image in three:
            response = page.get(PAGE, {**alone, "leave": [image.pk]})
            assert response.context["links"].outlook.leave == [image.pk]
            assert "Split off the selected pictures" in response.content.decode()
        everyone = page.get(PAGE, {**alone, "leave": [image.pk for image in three]})
        assert "all pictures are selected to split off" in everyone.content.decode()
        assert "Split off the selected pictures" not in everyone.content.decode()

    def test_what_an_address_cannot_mean_is_left_out(
        self, page: Client, alone: dict[str, Any]
    ) -> None:
        response = page.get(PAGE, {**alone, "leave": ["x", "-1", "9" * 30, "999999", "٣"]})
        assert response.status_code == 200
        assert "Split at the weakest link" in response.content.decode()

    @pytest.mark.parametrize(
        "sent", [{}, {"stay": "1"}, {"stay": "1", "leave": "x"}, {"stay": "1", "leave": "2"}]
    )
    def test_incomplete_forms_change_nothing(self, page: Client, sent: dict[str, str]) -> None:
        told = page.post(PAGE, {"split": "1", **sent}, follow=True)
        assert "the form was incomplete" in told.content.decode()

    def test_those_who_may_not_review_split_nothing(
        self, client: Client, ann: User, three: list[Image]
    ) -> None:
        User.objects.filter(pk=ann.pk).update(is_staff=True)
        client.force_login(ann)
        first, *rest = (str(image.pk) for image in three)
        sent = {"split": "1", "as_of": "0", "stay": first, "leave": " ".join(rest)}
        assert client.post(PAGE, sent).status_code == 403
        assert not Verdict.objects.exists()

    @pytest.mark.django_db(transaction=True)  # counts what a visit asks, not the test
    def test_links_cost_few_queries(
        self,
        page: Client,
        alone: dict[str, Any],
        add_image: AddImage,
        django_assert_max_num_queries: Any,
    ) -> None:
        add_image(upload(1, quality=60))
        page.get(PAGE, alone)
        with django_assert_max_num_queries(22):
            assert len(page.get(PAGE, alone).context["links"].members) == 4


class TestTable:
    def test_a_thousand_copies_stay_few_in_it(self, db: None) -> None:
        add([picture(1, sha256=f"{number}", digest="px1:one") for number in range(1000)])
        add([picture(1, 2)])
        follower.finish()
        (card,) = cluster_cards(VisibleClusters(None).first(), "phash")
        with CaptureQueriesContext(connection) as queries:
            shown = LinkTable.of(card, "phash", 10)
        assert len(shown.members) == MOST_SHOWN
        assert (shown.size, shown.hidden) == (1001, 1001 - MOST_SHOWN)
        assert shown.outlook is not None
        assert sorted([len(shown.outlook.stay), len(shown.outlook.leave)]) == [1, 1000]
        assert shown.outlook.pairs == 1
        assert len(queries) <= 7
        assert "picture L would separate from the other 1000." in shown.weakest

    def test_what_others_keep_private_is_neither_named_nor_counted(
        self, ann: User, bob: User, admin: User
    ) -> None:
        a, b, c = chain(0, 4, 30)
        (hidden,) = chain(33, owner=bob, visibility="private")
        seen = table(ann)
        assert seen.size == 3
        assert hidden not in [member.image for member in seen.members]
        assert seen.outlook is not None
        assert {*seen.outlook.stay, *seen.outlook.leave} == {*keys(a, b, c)}
        assert "Without it, picture C would separate from the other 2." in seen.weakest
        assert table(admin).size == 4
        forged = table(ann, leave=[hidden.pk, c.pk])
        assert forged.outlook is not None
        assert hidden.pk not in forged.outlook.leave

    def test_a_copy_says_what_was_done_to_it(self, db: None) -> None:
        *_, turned = chain(0, 4, 9)
        cluster = found()
        Match.objects.filter(second=turned).update(turn="right", other_framing="unframed")
        rows = table_of(cluster).rows
        said_of = {pair.alignment for row in rows for pair in row.pairs}
        assert "rotated 90° right, with a border" in said_of
