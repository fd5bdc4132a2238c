"""The check fails where copies are missed or different pictures are mistaken, and says which."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.management.base import CommandError

from demo import check
from demo.collection import DemoPicture, demo_pictures
from demo.site import demo_user, store_picture, superuser_password
from gallery.models import Image
from tests.gallery.commands import run

Stock = Callable[..., None]


@pytest.fixture(autouse=True)
def _var_folder(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def stock(
    db: None, monkeypatch: pytest.MonkeyPatch, drawn: Callable[[DemoPicture], bytes]
) -> Stock:
    """A function that fills the gallery with these pictures; the check knows no others."""

    def fill(*names: str, known: Iterable[str] | None = None) -> None:
        superuser_password()
        files = {picture: drawn(picture) for picture in pictures(names)}
        monkeypatch.setattr(DemoPicture, "encoded", lambda picture: files[picture])
        for picture in files:
            store_picture(picture, demo_user())
        monkeypatch.setattr(
            check, "demo_pictures", lambda: pictures(names if known is None else known)
        )

    return fill


def pictures(names: Iterable[str]) -> list[DemoPicture]:
    return [picture for picture in demo_pictures() if picture.file_name in set(names)]


def report() -> dict[str, Any]:
    """Return what the check of a gallery without misses prints for programs."""
    printed: dict[str, Any] = json.loads(run("demo", "--json"))
    return printed


def test_copies_that_are_not_stored_are_missed(add_image: Any) -> None:
    add_image(1)  # a gallery with a picture is not filled
    with pytest.raises(CommandError, match=r"^Missed: .*-mirrored.*, four-journeys\.jpg"):
        run("demo", "--check")


def test_nothing_is_missed_of_no_copies(stock: Stock, add_image: Any) -> None:
    add_image(1)
    stock(known=())
    assert "1 pictures, 0 clusters" in run("demo", "--check")
    empty = {"clusters": [], "copies": [], "parts": [], "twins": [], "missed": [], "mistaken": []}
    assert report() == {"pictures": 1} | empty


def test_copies_are_found_with_their_kind(stock: Stock) -> None:
    stock(
        "balloons-in-the-morning.jpg",
        "balloons-in-the-morning-small.jpg",
        "balloons-in-the-morning-mirrored.jpg",
        "northern-lights.jpg",
        "northern-lights-proof.jpg",
    )
    findings = {copy["alteration"]: copy for copy in report()["copies"]}
    assert {kind: finding["kind"] for kind, finding in findings.items()} == {
        "resized": "copy",
        "mirrored": "copy",
        "watermarked": "altered",
    }
    assert findings["watermarked"]["sentence"] == "changed at the bottom right"
    assert findings["resized"]["found"]
    assert not findings["mirrored"]["found"]


def test_copies_beyond_the_hashes_are_found_in_the_background(stock: Stock) -> None:
    stock("gibbous-moon.jpg", "gibbous-moon-tilted.jpg")
    (finding,) = report()["copies"]
    assert finding["kind"] == "copy"
    assert finding["sentence"].startswith("tilted 3.0° to the left")


def test_parts_are_found_with_their_place(stock: Stock) -> None:
    stock(
        "stained-glass.jpg",
        "panes-of-stained-glass.jpg",
        "cabin-in-the-snow.jpg",
        "snow-on-a-phone.jpg",
    )
    parts = report()["parts"]
    assert {part["name"]: part["relation"] for part in parts} == {
        "panes-of-stained-glass.jpg": "part of",
        "snow-on-a-phone.jpg": "contains",
    }
    assert [part["sentence"] for part in parts] == [
        "shows this picture in the middle, on 62 % of its area",
        "shows 25 % of this picture, at the top",
    ]


def test_pictures_on_one_template_are_no_copies(stock: Stock) -> None:
    names = ("certificate-of-ingrid.jpg", "certificate-of-mateo.jpg")
    mugs = ("enamel-mug-red.jpg", "enamel-mug-blue.jpg")
    stock(*names, *mugs)
    twins = report()["twins"]
    assert {(twin["name"], twin["other"]) for twin in twins} == {names, mugs}
    assert {twin["kind"] for twin in twins} <= {"altered", "similar", ""}


def test_different_pictures_that_are_matched_are_named(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock("enamel-mug-red.jpg", "enamel-mug-blue.jpg")
    red = Image.objects.get(original_name="enamel-mug-red.jpg")
    other = Image.objects.get(original_name="enamel-mug-blue.jpg")
    Image.objects.filter(pk=other.pk).update(content_digest=red.content_digest, sha256=red.sha256)
    with pytest.raises(
        CommandError, match=r"^Taken for the same picture: enamel-mug-red\.jpg and enamel-mug-blue"
    ):
        run("demo", "--check")


def test_pictures_without_a_copy_or_template_are_not_listed(stock: Stock) -> None:
    stock("three-oranges.jpg", "candle.jpg")
    assert report()["twins"] == []
