"""What the script of the duplicates page asks for, of the same addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gallery.decisions import journal
from gallery.models import Decision, Image
from tests.gallery.duplicates_forms import PAGE, choices
from tests.pictures import upload

AddImage = Callable[..., Image]


def post(page: Client, said: dict[str, Any]) -> Any:
    return page.post(PAGE, said, headers={"Accept": "application/json"})


def test_decision(page: Client, pair: list[Image]) -> None:
    said = choices((pair[0], "keep"), (pair[1], "trash"))
    answer = post(page, {**said, "as_of": "0"}).json()
    assert answer["told"] == "Kept 1, trashed 1."
    assert answer["decision"] == Decision.objects.get().pk
    assert 'data-left="0"' in answer["progress"]
    assert answer["look_back"] is False
    assert post(page, {**said, "as_of": "0"}).json() == answer  # sent again


def test_undo(page: Client, pair: list[Image]) -> None:
    said = choices((pair[0], "keep"), (pair[1], "trash"))
    number = post(page, said).json()["decision"]
    answer = post(page, {"undo": number}).json()
    assert answer["told"] == "Undone: kept 1, trashed 1."
    assert answer["as_of"] == journal.position()
    assert 'data-left="1"' in answer["progress"]


def test_conflict(page: Client, pair: list[Image]) -> None:
    said = choices((pair[0], "trash"), (pair[1], "trash"))
    response = post(page, said)
    assert response.status_code == 409
    assert "at least one picture must be kept" in response.json()["reason"]


def test_nothing_chosen(page: Client, pair: list[Image]) -> None:
    answer = post(page, choices((pair[0], "later"), (pair[1], "later"))).json()
    assert "Nothing was chosen" in answer["told"]
    assert answer["decision"] is None


def test_time_to_look_back(page: Client, pair: list[Image], settings: Any) -> None:
    settings.GALLERY = {"CONTACT_SHEET_AFTER": 1}
    said = choices((pair[0], "keep"), (pair[1], "trash"))
    assert post(page, said).json()["look_back"] is True


def test_offer_to_look_back_without_scripts(page: Client, pair: list[Image], settings: Any) -> None:
    settings.GALLERY = {"CONTACT_SHEET_AFTER": 1}
    said = choices((pair[0], "keep"), (pair[1], "trash"))
    shown = page.post(f"{PAGE}?sort=size", said, follow=True).content.decode()
    assert "1 cluster reviewed." in shown
    assert "contact-sheet/?sort=size" in shown
    assert "You reviewed 1 cluster." in shown


@pytest.mark.parametrize("query", [{"sort": "tightest"}, {"kind": "near"}])
def test_none_is_skipped_and_none_comes_twice(
    page: Client, add_image: AddImage, settings: Any, query: dict[str, str]
) -> None:
    settings.GALLERY = {"CLUSTERS_PER_PAGE": 2}
    for seed in range(5):
        for quality in (90, 30):
            add_image(upload(seed, quality=quality))
    seen, cards = [], page.get(PAGE, query).context["cards"]
    while cards:
        seen += [set(card.cluster.keys) for card in cards]
        # Whatever is decided meanwhile: here, the first of those that were shown.
        page.post(PAGE, choices(*((m.image, "related") for m in cards[0].members)))
        asked = {**query, "after": cards[-1].cluster.cursor}
        part = page.get(PAGE, asked, headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        cards = part.context["cards"]
    assert len(seen) == len(set(map(frozenset, seen))) == 5


@pytest.mark.parametrize("kind", ["", "near"])
@pytest.mark.parametrize("cursor", ["x", "1-x", "-", "²-1", "W10", f"{'9' * 5000}-1"])
def test_cursor_of_no_list(page: Client, kind: str, cursor: str) -> None:
    assert page.get(PAGE, {"kind": kind, "after": cursor}).status_code == 400
