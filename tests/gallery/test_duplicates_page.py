"""The admin's page of duplicate clusters."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.storage import default_storage
from django.test import Client

from gallery import ledger, shown_clusters
from gallery.cluster_cards import ClusterCard
from gallery.models import Decision, Image, Verdict
from tests.pictures import upload

AddImage = Callable[..., Image]

PAGE = "/admin/gallery/image/duplicates/"


@pytest.fixture
def pair(add_image: AddImage) -> list[Image]:
    return [add_image(upload(1, quality=quality)) for quality in (90, 30)]


@pytest.fixture
def page(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


@pytest.fixture
def roles(reviewer: User, bob: User, admin: User) -> dict[User, int]:
    """All who may review, and how many queries the page takes for them at most."""
    group = Group.objects.create(name="reviewers")
    group.permissions.add(Permission.objects.get(codename="review_duplicates"))
    bob.groups.add(group)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    return {reviewer: 12, bob: 12, admin: 11}


def choices(*said: tuple[Image, str]) -> dict[str, str]:
    return {f"choice-{image.pk}": choice for image, choice in said}


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
            ({"owner": "bob"}, "No picture that you may see belongs to “bob”."),
            ({"album": "Sea\0"}, "Null characters are not allowed."),
            ({"album": "Moon"}, "No picture that you may see is in an album called “Moon”."),
            ({"since": "0001-01-01"}, "1970"),
            ({"since": "soon"}, "Enter a valid date."),
            ({"widest_from": 9, "widest_to": 3}, "The range ends before it begins"),
            ({"kind": "near", "widest_to": 3}, "For similar pictures set"),
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
        shown = [answer.context["cards"][0].found.keys for answer in (first, second, back)]
        assert shown[0] == shown[2] != shown[1]

    def test_more_than_are_counted(
        self, page: Client, add_image: AddImage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for seed in (1, 2):
            for quality in (90, 30):
                add_image(upload(seed, quality=quality))
        assert "<strong>2 clusters</strong>" in page.get(PAGE).content.decode()
        monkeypatch.setattr(shown_clusters, "MOST_COUNTED", 1)
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
        assert "Nothing was decided" in response.content.decode()

    def test_filters_stay(self, page: Client, pair: list[Image]) -> None:
        response = page.post(f"{PAGE}?min_size=2&page=1", choices((pair[0], "later")))
        assert response["Location"] == f"{PAGE}?min_size=2&page=1"

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({}, "the form was incomplete"),
            ({"choice-x": "keep"}, "the form was incomplete"),
            ({"choice-1": "keep", "as_of": "x"}, "the form was incomplete"),
            ({"choice-1": "explode"}, "an unknown choice was sent"),
            ({"choice-1": "later", "all": "explode"}, "an unknown choice was sent"),
            ({"choice-1": "later", "accept": "2"}, "not in the cluster"),
            ({"choice-999999": "trash"}, "went to the trash or were deleted meanwhile"),
            ({"choice-999999": "trash", "preview": "1"}, "went to the trash or were deleted"),
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
        assert "one picture at least has to stay" in response.content.decode()
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


class TestBehindTheScene:
    """What the page's script asks for, of the same addresses."""

    def post(self, page: Client, said: dict[str, Any]) -> Any:
        return page.post(PAGE, said, headers={"Accept": "application/json"})

    def test_decision(self, page: Client, pair: list[Image]) -> None:
        said = choices((pair[0], "keep"), (pair[1], "trash"))
        answer = self.post(page, {**said, "as_of": "0"}).json()
        assert answer["told"] == "Kept 1, trashed 1."
        assert answer["decision"] == Decision.objects.get().pk
        assert 'data-left="0"' in answer["progress"]
        assert answer["look_back"] is False
        assert self.post(page, {**said, "as_of": "0"}).json() == answer  # sent again

    def test_undo(self, page: Client, pair: list[Image]) -> None:
        said = choices((pair[0], "keep"), (pair[1], "trash"))
        number = self.post(page, said).json()["decision"]
        answer = self.post(page, {"undo": number}).json()
        assert answer["told"] == "Taken back: kept 1, trashed 1."
        assert answer["as_of"] == ledger.position()
        assert 'data-left="1"' in answer["progress"]

    def test_conflict(self, page: Client, pair: list[Image]) -> None:
        said = choices((pair[0], "trash"), (pair[1], "trash"))
        response = self.post(page, said)
        assert response.status_code == 409
        assert "one picture at least has to stay" in response.json()["reason"]

    def test_nothing_chosen(self, page: Client, pair: list[Image]) -> None:
        answer = self.post(page, choices((pair[0], "later"), (pair[1], "later"))).json()
        assert "Nothing was decided" in answer["told"]
        assert answer["decision"] is None

    def test_time_to_look_back(self, page: Client, pair: list[Image], settings: Any) -> None:
        settings.GALLERY = {"CONTACT_SHEET_AFTER": 1}
        said = choices((pair[0], "keep"), (pair[1], "trash"))
        assert self.post(page, said).json()["look_back"] is True

    def test_offer_to_look_back_without_scripts(
        self, page: Client, pair: list[Image], settings: Any
    ) -> None:
        settings.GALLERY = {"CONTACT_SHEET_AFTER": 1}
        said = choices((pair[0], "keep"), (pair[1], "trash"))
        shown = page.post(f"{PAGE}?sort=size", said, follow=True).content.decode()
        assert "1 cluster reviewed." in shown
        assert "contact-sheet/?sort=size" in shown
        assert "You reviewed 1 cluster: 1 picture, " in shown

    @pytest.mark.parametrize("query", [{"sort": "tightest"}, {"kind": "near"}])
    def test_none_is_skipped_and_none_comes_twice(
        self, page: Client, add_image: AddImage, settings: Any, query: dict[str, str]
    ) -> None:
        settings.GALLERY = {"CLUSTERS_PER_PAGE": 2}
        for seed in range(5):
            for quality in (90, 30):
                add_image(upload(seed, quality=quality))
        seen, cards = [], page.get(PAGE, query).context["cards"]
        while cards:
            seen += [set(card.found.keys) for card in cards]
            # Whatever is decided meanwhile: here, the first of those that were shown.
            page.post(PAGE, choices(*((m.image, "related") for m in cards[0].members)))
            asked = {**query, "after": cards[-1].found.cursor}
            part = page.get(PAGE, asked, headers={"HX-Request": "true"})
            assert "<html" not in part.content.decode()
            cards = part.context["cards"]
        assert len(seen) == len(set(map(frozenset, seen))) == 5

    @pytest.mark.parametrize("kind", ["", "near"])
    @pytest.mark.parametrize("cursor", ["x", "1-x", "-", "²-1", "W10", f"{'9' * 5000}-1"])
    def test_cursor_of_no_list(self, page: Client, kind: str, cursor: str) -> None:
        assert page.get(PAGE, {"kind": kind, "after": cursor}).status_code == 400


class TestSuggestion:
    def test_is_shown_with_its_reasons(self, page: Client, pair: list[Image]) -> None:
        shown = page.get(PAGE).content.decode()
        assert "JPEG quality 90 instead of 30, older upload." in shown
        assert f'name="accept" value="{pair[0].pk}"' in shown

    def test_is_accepted_with_one_button(self, page: Client, pair: list[Image]) -> None:
        said = choices((pair[0], "later"), (pair[1], "later"))
        page.post(PAGE, {**said, "accept": pair[0].pk})
        assert list(Image.objects.untrashed()) == [pair[0]]

    def test_follows_what_the_reviewer_prefers(self, page: Client, pair: list[Image]) -> None:
        page.post(PAGE, {"policy": "smallest"})
        assert page.get(PAGE).context["cards"][0].suggested == pair[1]
        page.post(PAGE, {"policy": "owner", "preferred": "ann"})
        assert page.get(PAGE).context["cards"][0].suggested == pair[0]

    def test_follows_what_the_site_prefers(
        self, page: Client, pair: list[Image], settings: Any
    ) -> None:
        settings.GALLERY = {"KEEP": "newest"}
        assert page.get(PAGE).context["cards"][0].suggested == pair[1]

    def test_tells_what_flows(self, page: Client, add_image: AddImage) -> None:
        add_image(upload(1, quality=90))
        add_image(upload(1, quality=30), tags=("sea",))
        assert "It gets tag sea." in page.get(PAGE).content.decode()


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
        assert "Taken back: kept 1, trashed 1." in response.content.decode()
        assert len(response.context["cards"]) == 1
        assert Image.objects.untrashed().count() == 2
        assert not Verdict.objects.exists()
        again = page.post(PAGE, {"undo": number}, follow=True)
        assert "Taken back: kept 1, trashed 1." in again.content.decode()

    def test_can_be_undone(self, page: Client, pair: list[Image]) -> None:
        page.post(PAGE, choices((pair[0], "keep"), (pair[1], "trash")))
        number = page.get(PAGE).context["last"].pk
        page.post(PAGE, {"undo": number})
        response = page.post(PAGE, {"redo": number}, follow=True)
        assert "Decided so again: kept 1, trashed 1." in response.content.decode()
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


class TestLargeCluster:
    """The list shows twelve pictures, and decides on all of them."""

    @pytest.fixture
    def many(self, add_image: AddImage) -> list[Image]:
        return [add_image(upload(1, quality=quality)) for quality in range(20, 90, 5)]

    @pytest.fixture
    def card(self, page: Client, many: list[Image]) -> ClusterCard:
        (card,) = page.get(PAGE).context["cards"]
        return card

    def ask(self, page: Client, card: ClusterCard, wanted: object) -> Any:
        shown = choices(*((member.image, "later") for member in card.members))
        sent = {"rest": " ".join(map(str, card.hidden)), "preview": wanted, "merge": "1"}
        return page.post(PAGE, shown | sent | {"as_of": ledger.position()})

    def test_shows_a_part_and_all_on_its_own(self, page: Client, card: ClusterCard) -> None:
        assert (len(card.members), len(card.hidden)) == (12, 2)
        alone = page.get(PAGE, {"cluster": card.found.cluster.representative})
        assert len(alone.context["cards"][0].members) == 14
        assert page.get(PAGE, {"cluster": "x"}).context["cards"] == []

    def test_best_of_all_is_suggested_and_shown(
        self, page: Client, many: list[Image], card: ClusterCard
    ) -> None:
        for best in many:
            Image.objects.update(width=100)
            Image.objects.filter(pk=best.pk).update(width=200)
            (card,) = page.get(PAGE).context["cards"]
            assert card.suggested == best
            assert best in [member.image for member in card.members]
            assert len({member.image.pk for member in card.members} | {*card.hidden}) == 14

    def test_all_others_are_trashed_after_a_look(
        self, page: Client, many: list[Image], card: ClusterCard
    ) -> None:
        response = self.ask(page, card, card.suggested.pk)
        assert "Keep 1, trash 13 (" in response.content.decode()
        assert not Image.objects.trashed().exists()
        parts = response.context["parts"]
        sent = choices(*((part.image, part.choice.value) for part in parts))
        page.post(PAGE, sent | {"as_of": response.context["sent"].as_of})
        assert list(Image.objects.untrashed()) == [card.suggested]

    @pytest.mark.parametrize("word", ["not_a_duplicate", "related"])
    def test_one_word_for_all(self, page: Client, card: ClusterCard, word: str) -> None:
        parts = self.ask(page, card, word).context["parts"]
        assert [part.choice.value for part in parts] == [word] * 14

    @pytest.mark.parametrize("wanted", ["trash", "keep", "0", "x", "9" * 30])
    def test_nonsense_is_refused(self, page: Client, card: ClusterCard, wanted: str) -> None:
        self.ask(page, card, wanted)
        assert not Decision.objects.exists()
        card.__dict__["hidden"] = ["x"]
        self.ask(page, card, card.suggested.pk)
        assert not Decision.objects.exists()

    def test_very_large_ones_are_weighed_in_part(
        self, page: Client, card: ClusterCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gallery.cluster_cards.MOST_WEIGHED", 13)
        text = page.get(PAGE).content.decode()
        assert "It is the best of the 13 nearest" in text
        assert 'name="rest"' not in text


class TestMissingFile:
    """A picture whose file is gone is not kept in the place of one that is there."""

    def test_is_not_suggested(self, page: Client, pair: list[Image]) -> None:
        best, other = pair
        (card,) = page.get(PAGE).context["cards"]
        assert card.suggested == best
        best.file.storage.delete(best.file.name)
        response = page.get(PAGE)
        (card,) = response.context["cards"]
        assert (card.suggested, card.lost) == (other, {best.pk})
        text = response.content.decode()
        assert text.count("Its file is missing in the storage.") == 1
        assert "the only one whose file is there" in text
        other.file.storage.delete(other.file.name)
        (card,) = page.get(PAGE).context["cards"]
        assert card.suggested == best

    def test_is_not_kept_in_place_of_another(self, page: Client, pair: list[Image]) -> None:
        gone, other = pair
        gone.file.storage.delete(gone.file.name)
        response = page.post(PAGE, choices((gone, "keep"), (other, "trash")), follow=True)
        assert "is missing in the storage, so it cannot stay" in response.content.decode()
        assert not Decision.objects.exists()
        page.post(PAGE, choices((gone, "trash"), (other, "keep")))
        assert list(Image.objects.trashed()) == [gone]

    def test_storage_that_does_not_answer_hides_nothing(
        self, page: Client, pair: list[Image], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> bool:
            raise ConnectionError("no route")

        monkeypatch.setattr(default_storage, "exists", fail)
        (card,) = page.get(PAGE).context["cards"]
        assert (card.suggested, card.lost) == (pair[0], set())


def test_wrong_filter_keeps_the_method(page: Client, pair: list[Image]) -> None:
    html = page.get(PAGE, {"max_distance": "abc"}).content.decode()
    assert '<option value="phash" selected>' in html


class TestLinks:
    @pytest.fixture
    def three(self, add_image: AddImage) -> list[Image]:
        return [add_image(upload(1, quality=quality)) for quality in (90, 30, 2)]

    @pytest.fixture
    def alone(self, page: Client, three: list[Image]) -> dict[str, Any]:
        """The address of the one cluster that there is."""
        (card,) = page.get(PAGE).context["cards"]
        return {"cluster": card.found.cluster.representative}

    def test_a_cluster_alone_tells_how_it_hangs_together(
        self, page: Client, three: list[Image], alone: dict[str, Any]
    ) -> None:
        assert "How they are linked</a>" in page.get(PAGE).content.decode()
        text = page.get(PAGE, alone).content.decode()
        assert text.count("<strong>weakest link</strong>") == 1
        assert "The weakest link is the one between" in text
        assert f"/i/{three[0].public_id}/compare/" in text
        assert "2 pairs are remembered as not duplicates" in text

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
        assert "Split off 1 of 3 pictures, 2 pairs called no duplicates" in told.content.decode()
        (card,) = told.context["cards"]
        assert {*card.found.keys} == {*outlook.stay}
        page.post(PAGE, {"undo": told.context["last"].pk})
        assert len(page.get(PAGE).context["cards"][0].members) == 3
        assert not Verdict.objects.exists()

    def test_chosen_pictures_are_split_off(
        self, page: Client, three: list[Image], alone: dict[str, Any]
    ) -> None:
        for image in three:
            response = page.get(PAGE, {**alone, "leave": [image.pk]})
            assert response.context["links"].outlook.leave == [image.pk]
            assert "Split off the chosen" in response.content.decode()
        everyone = page.get(PAGE, {**alone, "leave": [image.pk for image in three]})
        assert "all pictures were chosen to leave" in everyone.content.decode()
        assert "Split off the chosen" not in everyone.content.decode()

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
        with django_assert_max_num_queries(17):
            assert len(page.get(PAGE, alone).context["links"].members) == 4
