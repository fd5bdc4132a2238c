"""Pictures filtered by who can see them and by their texts."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery import library
from gallery.models import Image
from gallery.querysets import MOST_WORDS
from tests.pictures import upload

AddImage = Callable[..., Image]


def test_visible_pictures_are_public_or_own_and_not_in_the_trash(
    add_image: AddImage, ann: User, bob: User, admin: User
) -> None:
    public, private, trashed = add_image(1), add_image(2, visibility="private"), add_image(3)
    library.trash([trashed], ann)
    images = Image.objects
    assert set(images.visible_to(ann)) == set(images.visible_to(admin)) == {public, private}
    assert set(images.visible_to(bob)) == set(images.visible_to(AnonymousUser())) == {public}
    assert set(images.permitted_to(bob)) == {public, trashed}
    assert set(images.owned_by(ann)) == {public, private, trashed}
    assert (set(images.trashed()), set(images.untrashed())) == ({trashed}, {public, private})


def test_searches_leave_out_the_trash(add_image: AddImage, ann: User) -> None:
    image, copy, trashed = (add_image(upload(1, quality=quality)) for quality in (90, 60, 30))
    library.trash([trashed], ann)
    assert list(Image.objects.similar_to(image)) == [copy]
    assert list(Image.objects.distances_to(image)) == [copy.pk]
    assert list(Image.objects.matches_of(image)) == [copy]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("tea", True),
        ("TEA garden", True),
        ("été", True),
        ("ÉTÉ tea", True),
        ("harbour.jpg", True),
        ("by the", True),
        ("tea coffee", False),
        ("100%", False),
        ("", True),
    ],
)
def test_every_word_is_in_some_text(add_image: AddImage, text: str, is_found: bool) -> None:
    file = upload(1, "harbour.jpg")
    image = add_image(file, title="Été", description="Tea in the garden", tags=("by the sea",))
    assert list(Image.objects.matching(text)) == [image] * is_found


def test_words_past_the_limit_do_not_count(add_image: AddImage) -> None:
    words = [f"w{number}" for number in range(MOST_WORDS)]
    image = add_image(1, description=" ".join(words))
    assert list(Image.objects.matching(" ".join([*words, "missing"]))) == [image]
