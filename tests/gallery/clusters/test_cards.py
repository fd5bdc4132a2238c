"""Which picture of a cluster is suggested and shown, however many there are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from gallery.clusters.cards import ClusterCard
from gallery.decisions import journal
from gallery.models import Decision, Image
from tests.gallery.duplicates_forms import PAGE, choices
from tests.pictures import upload

AddImage = Callable[..., Image]


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
        return page.post(PAGE, shown | sent | {"as_of": journal.position()})

    def test_shows_a_part_and_all_on_its_own(self, page: Client, card: ClusterCard) -> None:
        assert (len(card.members), len(card.hidden)) == (12, 2)
        alone = page.get(PAGE, {"cluster": card.cluster.representative})
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

    def test_very_large_ones_are_considered_in_part(
        self, page: Client, card: ClusterCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gallery.clusters.cards.MOST_CONSIDERED", 13)
        text = page.get(PAGE).content.decode()
        assert "This is the best of the 13 nearest" in text
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
        assert (card.suggested, card.missing) == (other, {best.pk})
        text = response.content.decode()
        assert text.count("The file is missing from storage.") == 1
        assert "the only copy whose file is present" in text
        other.file.storage.delete(other.file.name)
        (card,) = page.get(PAGE).context["cards"]
        assert card.suggested == best

    def test_is_not_kept_in_place_of_another(self, page: Client, pair: list[Image]) -> None:
        gone, other = pair
        gone.file.storage.delete(gone.file.name)
        response = page.post(PAGE, choices((gone, "keep"), (other, "trash")), follow=True)
        assert "is missing from the storage, so it cannot replace" in response.content.decode()
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
        assert (card.suggested, card.missing) == (pair[0], set())
