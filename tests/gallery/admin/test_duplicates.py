"""The admin's page of duplicate clusters."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from gallery.clusters import cluster_query
from gallery.models import Image, Verdict
from tests.gallery.duplicates_forms import PAGE, choices
from tests.pictures import upload

AddImage = Callable[..., Image]

MANY = " ".join(map(str, range(1, 10_002)))


@pytest.fixture
def roles(reviewer: User, bob: User, admin: User) -> dict[User, int]:
    """All who may review, and how many queries the page takes for them at most."""
    group = Group.objects.create(name="reviewers")
    group.permissions.add(Permission.objects.get(codename="review_duplicates"))
    bob.groups.add(group)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    return {reviewer: 15, bob: 15, admin: 13}


class TestWhoMaySee:
    def test_anonymous_people_are_asked_to_log_in(self, client: Client, db: None) -> None:
        response = client.get(PAGE)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")

    def test_people_without_a_desk_are_too(self, client: Client, ann: User) -> None:
        client.force_login(ann)
        assert client.get(PAGE).status_code == 302

    def test_staff_without_permission_are_refused(self, client: Client, ann: User) -> None:
        User.objects.filter(pk=ann.pk).update(is_staff=True)
        client.force_login(ann)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE).status_code == 403

    def test_reviewers_are_welcome(self, page: Client) -> None:
        assert page.get(PAGE).status_code == 200


class TestList:
    def test_empty_gallery(self, page: Client) -> None:
        assert "No pictures yet" in page.get(PAGE).content.decode()

    def test_no_duplicates(self, page: Client, add_image: AddImage) -> None:
        add_image(1)
        assert "No open duplicates" in page.get(PAGE).content.decode()

    def test_cluster_is_shown_with_what_matters(self, page: Client, pair: list[Image]) -> None:
        html = page.get(PAGE).content.decode()
        assert "1 cluster</strong>" in html
        assert "{#" not in html
        for image in pair:
            assert f"/i/{image.public_id}/320.webp" in html
            assert f'name="choice-{image.pk}" value="trash"' in html

    def test_largest_come_first(self, page: Client, pair: list[Image], add_image: AddImage) -> None:
        for quality in (90, 60, 30):
            add_image(upload(2, quality=quality))
        sizes = [len(card.members) for card in page.get(PAGE).context["cards"]]
        assert sizes == [3, 2]

    def test_filters_narrow(self, page: Client, pair: list[Image]) -> None:
        assert len(page.get(PAGE, {"min_size": 2}).context["cards"]) == 1
        assert len(page.get(PAGE, {"min_size": 3}).context["cards"]) == 0
        assert len(page.get(PAGE, {"kind": "bytes"}).context["cards"]) == 0
        assert len(page.get(PAGE, {"kind": "near", "by": "dhash"}).context["cards"]) == 1

    @pytest.mark.parametrize(
        "query", [{"max_distance": "near"}, {"max_distance": 99}, {"min_size": 1}, {"by": "md5"}]
    )
    def test_wrong_filter_is_named(
        self, page: Client, pair: list[Image], query: dict[str, Any]
    ) -> None:
        response = page.get(PAGE, query)
        assert response.status_code == 400
        assert 'class="errornote"' in response.content.decode()
        assert len(response.context["cards"]) == 1

    def test_filters_combine_and_stay(
        self, page: Client, add_image: AddImage, ann: User, bob: User
    ) -> None:
        for seed, owner in ((1, ann), (2, bob)):
            for quality in (90, 30):
                add_image(upload(seed, quality=quality), owner=owner, albums=("Sea",))
        asked = {"owner": "bob", "album": "Sea", "since": "2020-01-31", "widest_to": "256"}
        response = page.get(PAGE, asked)
        (card,) = response.context["cards"]
        assert {str(member.image.owner) for member in card.members} == {"bob"}
        assert all(f"{name}={value}" in response.context["query"] for name, value in asked.items())
        assert 'value="2020-01-31"' in response.content.decode()
        near = page.get(PAGE, {"kind": "near", "owner": "bob", "max_distance": 16})
        assert near.status_code == 200

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ({"owner": "bob"}, "You have access to no picture by “bob”."),
            ({"album": "Sea\0"}, "Null characters are not allowed."),
            ({"album": "Moon"}, "You have access to no picture in an album “Moon”."),
            ({"since": "0001-01-01"}, "1970"),
            ({"since": "soon"}, "Enter a valid date."),
            ({"widest_from": 9, "widest_to": 3}, "The range ends before it begins"),
            ({"kind": "near", "widest_to": 3}, "For similar pictures, use"),
        ],
    )
    def test_wrong_narrowing_is_told(
        self, page: Client, bob: User, add_image: AddImage, query: dict[str, Any], told: str
    ) -> None:
        add_image(upload(1), owner=bob, visibility="private")
        response = page.get(PAGE, query)
        assert response.status_code == 400
        assert told in html.unescape(response.content.decode())

    @pytest.mark.parametrize("kind", [{}, {"kind": "near"}])
    def test_pages(
        self, page: Client, add_image: AddImage, settings: Any, kind: dict[str, str]
    ) -> None:
        settings.GALLERY = {"CLUSTERS_PER_PAGE": 1}
        for seed in (1, 2):
            for quality in (90, 30):
                add_image(upload(seed, quality=quality))
        asked = {"max_distance": 8, **kind}
        first = page.get(PAGE, asked)
        assert 'rel="prev"' not in first.content.decode()
        second = page.get(PAGE, {**asked, "after": first.context["page"].after})
        html = second.content.decode()
        assert "max_distance=8&amp;min_size=2" in html
        assert "sort=bytes&amp;before=" in html
        assert 'rel="next"' not in html
        back = page.get(PAGE, {**asked, "before": second.context["page"].before})
        shown = [answer.context["cards"][0].cluster.keys for answer in (first, second, back)]
        assert shown[0] == shown[2] != shown[1]

    def test_more_than_are_counted(
        self, page: Client, add_image: AddImage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for seed in (1, 2):
            for quality in (90, 30):
                add_image(upload(seed, quality=quality))
        assert "<strong>2 clusters</strong>" in page.get(PAGE).content.decode()
        monkeypatch.setattr(cluster_query, "MAX_COUNTED", 1)
        html = page.get(PAGE).content.decode()
        assert "<strong>More than 1 cluster</strong>" in html
        assert 'data-total="1" data-more' in html

    @pytest.mark.django_db(transaction=True)  # counts what a visit asks, not the test
    def test_queries_do_not_grow_with_the_clusters(
        self,
        client: Client,
        pair: list[Image],
        add_image: AddImage,
        roles: dict[User, int],
        settings: Any,
        django_assert_max_num_queries: Any,
    ) -> None:
        settings.GALLERY = {"CONTACT_SHEET_AFTER": 2}
        pairs = [[add_image(upload(seed, quality=q)) for q in (90, 30)] for seed in range(2, 10)]
        for user, most in roles.items():
            client.force_login(user)
            for decided in range(3):  # before the first decision, after one, and a sheet is due
                client.get(PAGE)
                for query in ({}, {"cluster": pair[0].pk}, {"widest_to": 99, "sort": "tightest"}):
                    with django_assert_max_num_queries(most):
                        shown = client.get(PAGE, query).context
                    assert shown["cards"]
                    assert shown["session"].reviewed == decided
                with django_assert_max_num_queries(most + 1):
                    client.get(PAGE, {"since": "2020-01-01"})
                if decided < 2:
                    client.post(PAGE, choices(*zip(pairs.pop(), ("keep", "trash"), strict=True)))
            assert shown["session"].is_time_to_look_back


class TestDecide:
    def test_keep_and_trash(self, page: Client, pair: list[Image]) -> None:
        response = page.post(PAGE, choices((pair[0], "keep"), (pair[1], "trash")), follow=True)
        assert "Kept 1, trashed 1." in response.content.decode()
        assert "No open duplicates" in response.content.decode()
        assert Image.objects.get(pk=pair[1].pk).is_trashed
        assert Verdict.objects.get().kind == "duplicate"

    def test_not_a_duplicate_is_remembered(self, page: Client, pair: list[Image]) -> None:
        page.post(PAGE, choices((pair[0], "not_a_duplicate"), (pair[1], "later")))
        assert page.get(PAGE).context["cards"] == []
        assert Verdict.objects.get().kind == "not_a_duplicate"

    def test_nothing_chosen_is_said(self, page: Client, pair: list[Image]) -> None:
        response = page.post(PAGE, choices((pair[0], "later")), follow=True)
        assert "Nothing was chosen" in response.content.decode()

    def test_filters_stay(self, page: Client, pair: list[Image]) -> None:
        response = page.post(f"{PAGE}?min_size=2&page=1", choices((pair[0], "later")))
        assert response["Location"] == f"{PAGE}?min_size=2&page=1"

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({}, "the form was incomplete"),
            ({"split": "", "leave": "1", "stay": MANY, "as_of": "0"}, "10,001 (limit 10,000)"),
            ({"choice-1": "keep", "rest": MANY, "preview": "1"}, "10,001 (limit 10,000)"),
            ({"choice-x": "keep"}, "the form was incomplete"),
            ({"choice-1": "keep", "as_of": "x"}, "the form was incomplete"),
            ({"choice-1": "explode"}, "unknown choice"),
            ({"choice-1": "later", "all": "explode"}, "unknown choice"),
            ({"choice-1": "later", "accept": "2"}, "not in the cluster"),
            ({"choice-999999": "trash"}, "already in the trash or deleted"),
            ({"choice-999999": "trash", "preview": "1"}, "already in the trash or deleted"),
            ({"undo": "1"}, "There is no such decision"),
            ({"undo": "²"}, "there is no such decision"),
            ({"policy": "prettiest"}, "must be one of"),
            ({"policy": "album"}, "Name the album"),
        ],
    )
    def test_wrong_form_changes_nothing(
        self, page: Client, pair: list[Image], said: dict[str, str], sentence: str
    ) -> None:
        response = page.post(PAGE, said, follow=True)
        assert sentence in html.unescape(response.content.decode())
        assert Image.objects.untrashed().count() == 2
        assert not Verdict.objects.exists()

    def test_trashing_all_is_refused(self, page: Client, pair: list[Image]) -> None:
        response = page.post(PAGE, choices((pair[0], "trash"), (pair[1], "trash")), follow=True)
        assert "at least one picture must be kept" in response.content.decode()
        assert Image.objects.untrashed().count() == 2

    @pytest.mark.parametrize("kind", ["related", "not_a_duplicate"])
    def test_all_at_once(self, page: Client, pair: list[Image], kind: str) -> None:
        said = choices((pair[0], "later"), (pair[1], "trash"))
        page.post(PAGE, {**said, "all": kind})
        assert Verdict.objects.get().kind == kind
        assert not Image.objects.trashed().exists()

    def test_second_reviewer_is_told(
        self, page: Client, pair: list[Image], client: Client, admin: User
    ) -> None:
        as_of = page.get(PAGE).context["as_of"]
        said = choices((pair[0], "keep"), (pair[1], "trash"))
        page.post(PAGE, {**said, "as_of": as_of})
        page.force_login(admin)
        response = page.post(PAGE, {**said, "as_of": as_of}, follow=True)
        assert "ae resolved a cluster just now: kept 1, trashed 1." in response.content.decode()


class TestPreview:
    def test_tells_and_changes_nothing(self, page: Client, add_image: AddImage) -> None:
        first = add_image(upload(1, quality=90))
        second = add_image(upload(1, quality=30), tags=("sea", "sky"))
        said = choices((first, "keep"), (second, "trash"))
        response = page.post(PAGE, {**said, "merge": "1", "as_of": "0", "preview": "1"})
        shown = response.content.decode()
        assert "gets tags sea, sky." in shown
        assert f'name="choice-{second.pk}" value="trash"' in shown
        assert Image.objects.untrashed().count() == 2
        assert not first.tags.exists()

    def test_without_merging_nothing_flows(self, page: Client, add_image: AddImage) -> None:
        first = add_image(upload(1, quality=90))
        second = add_image(upload(1, quality=30), tags=("sea",))
        said = choices((first, "keep"), (second, "trash"))
        assert "gets" not in page.post(PAGE, {**said, "preview": "1"}).content.decode()


class TestUndo:
    def test_last_decision(self, page: Client, pair: list[Image]) -> None:
        page.post(PAGE, choices((pair[0], "keep"), (pair[1], "trash")))
        shown = page.get(PAGE)
        assert "Undo the last decision" in shown.content.decode()
        number = shown.context["last"].pk
        response = page.post(PAGE, {"undo": number}, follow=True)
        assert "Undone: kept 1, trashed 1." in response.content.decode()
        assert len(response.context["cards"]) == 1
        assert Image.objects.untrashed().count() == 2
        assert not Verdict.objects.exists()
        again = page.post(PAGE, {"undo": number}, follow=True)
        assert "Undone: kept 1, trashed 1." in again.content.decode()

    def test_can_be_undone(self, page: Client, pair: list[Image]) -> None:
        page.post(PAGE, choices((pair[0], "keep"), (pair[1], "trash")))
        number = page.get(PAGE).context["last"].pk
        page.post(PAGE, {"undo": number})
        response = page.post(PAGE, {"redo": number}, follow=True)
        assert "Redone: kept 1, trashed 1." in response.content.decode()
        assert list(Image.objects.untrashed()) == [pair[0]]


class TestPrivatePictures:
    @pytest.fixture
    def hidden(self, add_image: AddImage) -> list[Image]:
        return [
            add_image(upload(7, quality=quality), title="Top secret", visibility="private")
            for quality in (90, 30)
        ]

    def test_are_in_no_cluster_of_others(
        self, page: Client, hidden: list[Image], pair: list[Image]
    ) -> None:
        html = page.get(PAGE).content.decode()
        assert "Top secret" not in html
        assert "of 2 pictures" in html

    def test_cannot_be_decided_by_others(self, page: Client, hidden: list[Image]) -> None:
        said = choices((hidden[0], "keep"), (hidden[1], "trash"))
        response = page.post(PAGE, said, follow=True)
        assert "Nothing was changed" in response.content.decode()
        assert not Image.objects.trashed().exists()

    def test_are_listed_to_superusers_only(
        self, client: Client, reviewer: User, admin: User, hidden: list[Image]
    ) -> None:
        for user, count in ((reviewer, 0), (admin, 2)):
            client.force_login(user)
            shown = client.get("/admin/gallery/image/").context["cl"].queryset
            assert shown.count() == count


def test_wrong_filter_keeps_the_method(page: Client, pair: list[Image]) -> None:
    html = page.get(PAGE, {"max_distance": "abc"}).content.decode()
    assert '<option value="phash" selected>' in html
