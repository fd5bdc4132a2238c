"""The "Visually similar" panel without its markup."""

import json

import pytest
from django.contrib.auth.models import User

from gallery.comparing.hash_methods import method
from gallery.models import Image
from gallery.similar import panel
from gallery.similar.panel import SimilarPanel
from hashing.fingerprints.perceptual_hash import PerceptualHash


def at(distance: int, **columns: object) -> Image:
    """Store a picture at `distance` bits of phash from zero."""
    digest = f"px1:{distance}-{Image.objects.count()}"
    phash = PerceptualHash((1 << distance) - 1)
    return Image.objects.create(phash=phash, content_digest=digest, sha256=digest, **columns)


def panel_of(image: Image, viewer: User, **options: object) -> SimilarPanel:
    options = {"max_distance": 10, **options}
    return SimilarPanel(image, viewer, method("phash"), **options)


def test_bars_count_all_distances_and_small_counts_still_show(ann: User) -> None:
    subject = at(0)
    for distance in (4, 4, 12):
        at(distance)
    around = panel_of(subject, ann)
    assert len(around.bars) == 33
    assert {bar.distance: bar.count for bar in around.bars if bar.count} == {4: 2, 12: 1}
    assert [around.bars[distance].height for distance in (4, 5, 12)] == [20, 0, 15]
    assert [bar.distance for bar in around.bars if bar.is_within] == [*range(11)]
    assert (around.count, around.nearest) == (2, 4)


def test_cards_are_those_within_the_distance_or_all(ann: User) -> None:
    subject = at(0)
    near, far = at(3), at(20)
    at(40)
    assert [card.image for card in panel_of(subject, ann).cards] == [near]
    cards = panel_of(subject, ann, shows_all=True).cards
    assert [(card.image, card.is_within) for card in cards] == [(near, True), (far, False)]


def test_private_pictures_of_others_are_in_no_figure(ann: User, bob: User) -> None:
    subject = at(0)
    hidden = at(2, owner=bob, visibility="private")
    around = panel_of(subject, ann)
    assert (around.distances, around.count, around.nearest, around.cards) == ({}, 0, None, [])
    assert panel_of(subject, bob).distances == {hidden.pk: 2}


def test_flat_pictures_have_their_equals_only(ann: User) -> None:
    flat = at(0, is_informative=False)
    Image.objects.filter(pk=flat.pk).update(content_digest="px1:flat")
    flat.refresh_from_db()
    at(1)
    equal = at(5, is_informative=False)
    Image.objects.filter(pk=equal.pk).update(content_digest="px1:flat")
    assert panel_of(flat, ann).distances == {equal.pk: 0}


def test_without_a_hash_nothing_is_near(ann: User) -> None:
    around = panel_of(Image.objects.create(content_digest="px1:none"), ann)
    assert not around.is_hashed
    assert around.distances == {}


def test_more_than_cards_are_counted(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "MOST_CARDS", 1)
    subject = at(0)
    at(1)
    at(2)
    around = panel_of(subject, ann)
    assert (around.count, len(around.cards), around.is_cut) == (2, 1, True)


def test_words_and_methods_for_the_slider(ann: User) -> None:
    around = SimilarPanel(at(0), ann, method("dhash+phash"), max_distance=4)
    assert len(json.loads(around.words)) == 33
    assert around.methods[-1].name == "dhash+phash"
    assert around.similarity.word == "almost identical"
