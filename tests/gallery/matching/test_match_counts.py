"""How many other files of a picture its card in the grid names, and to whom."""

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client

from gallery.matching import follower
from gallery.matching.match_counts import copy_counts
from gallery.models import Image
from gallery.similar.same_pictures import same_pictures
from tests.gallery.match_rows import add, picture


def counts(viewer: User | AnonymousUser) -> dict[int, int]:
    return copy_counts(Image.objects.all(), viewer)


def test_copies_and_matches_of_either_side_count(admin: User) -> None:
    first, copy, other, alone, unread = add(
        [picture(1), picture(1), picture(1, 1), picture(2), picture(3, digest="")]
    )
    Image.objects.filter(pk=unread.pk).update(content_digest="")
    follower.finish()
    assert counts(admin) == {first.pk: 2, copy.pk: 2, other.pk: 2, alone.pk: 0, unread.pk: 0}


def test_only_what_the_viewer_sees_counts(ann: User, bob: User) -> None:
    first, private, _ = add(
        [picture(1), picture(1, 1, owner=ann, visibility="private"), picture(1, 2)]
    )
    follower.finish()
    assert [counts(viewer)[first.pk] for viewer in (ann, bob, AnonymousUser())] == [2, 1, 1]
    # Of equal contents the one that has the matches may be in the trash, or somebody's own.
    Image.objects.filter(pk=first.pk).update(trashed_at="2026-01-01T00:00Z")
    assert counts(ann)[private.pk] == 1


@pytest.mark.parametrize("seed", range(3))
def test_as_many_as_the_page_of_the_picture_shows(ann: User, bob: User, seed: int) -> None:
    rng = np.random.default_rng(seed)
    add(
        picture(
            int(rng.integers(4)),
            int(rng.integers(4)),
            owner=ann,
            visibility=str(rng.choice(["public", "private"])),
        )
        for _ in range(24)
    )
    follower.finish()
    for viewer in (ann, bob):
        told = counts(viewer)
        for image in Image.objects.visible_to(viewer):
            assert told[image.pk] == len(same_pictures(image, viewer))


def test_one_query_however_many(ann: User, django_assert_num_queries: Any) -> None:
    images = add(picture(family, variant) for family in range(3) for variant in range(5))
    follower.finish()
    with django_assert_num_queries(1):
        copy_counts(images, AnonymousUser())
    with django_assert_num_queries(0):
        copy_counts([], AnonymousUser())


def test_the_card_says_it_in_words(client: Client, db: None) -> None:
    add([picture(1), picture(1, 1), picture(2)])
    follower.finish()
    text = client.get("/").content.decode()
    assert text.count("1 copy<") == 2
    assert "The same picture in other files" in text
