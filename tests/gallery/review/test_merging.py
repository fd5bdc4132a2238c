"""Merging: what kept pictures get from trashed ones."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from gallery.decisions import reversal
from gallery.models import Album, Image
from gallery.review import merging
from gallery.review.decision_request import Choice, DecisionRequest
from tests.gallery.review_letters import decide
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.fixture
def pair(add_image: AddImage) -> list[Image]:
    return [
        add_image(upload(1, "IMG_0001.jpg", quality=90), tags=("sea",)),
        add_image(
            upload(1, "IMG_0002.jpg", quality=30),
            title="Beach",
            description="At noon",
            alt_text="Waves",
            tags=("sea", "2024"),
            albums=("Holidays",),
            visibility="private",
        ),
    ]


def test_kept_picture_gets_tags_albums_and_texts(pair: list[Image], admin: User) -> None:
    decide(pair, "kt", admin, merge=True)
    kept = Image.objects.get(pk=pair[0].pk)
    texts = (kept.title, kept.description, kept.alt_text, kept.visibility)
    assert texts == ("Beach", "At noon", "Waves", "private")
    assert {tag.name for tag in kept.tags.all()} == {"sea", "2024"}
    assert [album.name for album in kept.albums.all()] == ["Holidays"]


def test_flow_is_shown_beforehand(pair: list[Image], admin: User) -> None:
    request = DecisionRequest({pair[0].pk: Choice.KEEP, pair[1].pk: Choice.TRASH}, admin)
    (flow,) = merging.planned_flows(request, {image.pk: image for image in pair})
    assert flow.sentence == (
        "gets tag 2024; album Holidays; title from Beach; description from Beach; "
        "alternative text from Beach; becomes private"
    )


def test_nothing_is_merged_unasked(pair: list[Image], admin: User) -> None:
    decide(pair, "kt", admin)
    assert Image.objects.get(pk=pair[0].pk).visibility == "public"


def test_undo_removes_all_of_it(pair: list[Image], admin: User) -> None:
    before = list(Image.objects.order_by("pk").values())
    decision = decide(pair, "kt", admin, merge=True)
    reversal.undo(decision.pk, admin)
    assert list(Image.objects.order_by("pk").values()) == before
    assert [tag.name for tag in pair[0].tags.all()] == ["sea"]
    assert Album.objects.get().images.get() == pair[1]


@pytest.mark.parametrize(
    ("own", "other", "after"),
    [
        ("", "Beach", "Beach"),
        ("", "Beach (2)", "Img beach"),
        ("", "Beach, edited copy", "Img beach"),
        ("Img beach", "Img beach, stored on its side", "Img beach"),
    ],
)
def test_titles_that_only_describe_a_copy_are_left(
    add_image: AddImage, admin: User, own: str, other: str, after: str
) -> None:
    kept = add_image(upload(1, "img_beach.jpg", quality=90), title=own)
    copy = add_image(upload(1, "x.jpg", quality=30), title=other)
    decide([kept, copy], "kt", admin, merge=True)
    kept.refresh_from_db()
    assert kept.title == after


def test_own_texts_are_kept(add_image: AddImage, admin: User) -> None:
    first = add_image(upload(1, quality=90), title="Mine", description="One", alt_text="A")
    second = add_image(upload(1, quality=30), title="Other", description="Two", alt_text="B")
    third = add_image(upload(1, quality=50), description="One")
    decide([first, second, third], "ktt", admin, merge=True)
    first.refresh_from_db()
    assert (first.title, first.alt_text) == ("Mine", "A")
    assert first.description == "One\n\nTwo"
