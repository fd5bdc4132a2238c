"""Several compare pictures at once: what is stored is what one alone would store."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from gallery.matching import follower, match_store
from gallery.models import Cluster, Image, LogPosition, Match
from gallery.similar.same_pictures import same_at_once
from tests.gallery.match_rows import add, hashes, picture, stored
from tests.many_at_once import all_at_once
from tests.pictures import upload

COMMITTED = pytest.mark.django_db(transaction=True)


@contextmanager
def another_at_it() -> Iterator[Callable[[], None]]:
    """Let another connection hold what only one may have; yields how to make it let go."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            LogPosition.objects.select_for_update().first()
            held.set()
            enough.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(30)
    try:
        yield enough.set
    finally:
        enough.set()
        other.join()


def rebuilt() -> Any:
    Match.objects.all().delete()
    Cluster.objects.all().delete()
    follower.rebuild()
    return stored()


@COMMITTED
def test_while_another_is_at_it_nothing_is_called_done(
    add_image: Callable[..., Image], ann: User
) -> None:
    original, copy = add_image(1), add_image(upload(1, quality=30))
    Match.objects.all().delete()
    Image.objects.filter(pk=copy.pk).update(sha256="changed")
    with another_at_it():
        assert follower.catch_up([copy.pk], share=0) == 1
        assert [same.image for same in same_at_once(copy, ann)] == [original]
    assert not Match.objects.exists()
    follower.finish()
    assert Match.objects.exists()


@COMMITTED
def test_who_has_to_finish_waits_for_the_other() -> None:
    add(picture(1, variant) for variant in range(2))
    follower.finish()
    add([picture(1, 3)])
    with another_at_it() as let_go:
        threading.Timer(0.2, let_go).start()
        follower.finish()
    assert Match.objects.count() == 3


@COMMITTED
def test_a_join_keeps_no_writer_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = add(picture(1, variant) for variant in range(4))
    real = match_store.all_edges

    def while_others_write() -> Any:
        links = real()

        def write() -> None:
            Image.objects.filter(pk=first.pk).update(**hashes(2))
            add([picture(1, 5), picture(2, 1)])
            follower.catch_up(share=2)

        assert all_at_once(write) == [None]  # with no transaction in its way
        return links

    monkeypatch.setattr(match_store, "all_edges", while_others_write)
    follower.rebuild()
    monkeypatch.undo()
    follower.finish()
    assert stored() == rebuilt()


@COMMITTED
def test_four_at_once_store_what_one_would() -> None:
    add(picture(family, variant) for family in range(1, 4) for variant in range(8))

    def act(seed: int) -> None:
        for number in range(6):
            add([picture(seed, 10 + number)])
            follower.catch_up(share=3)
        Image.objects.filter(pk=seed).delete()
        follower.finish()

    assert all_at_once(*(lambda seed=seed: act(seed) for seed in range(1, 5))) == [None] * 4
    follower.finish()
    assert stored() == rebuilt()
