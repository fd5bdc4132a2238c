"""All background work is done at once, and there is an end to it."""

from collections.abc import Callable

import pytest

from gallery import matching, parts
from gallery.models import Cluster, Image, LogPosition, Match
from gallery.worker.finishing import ROUNDS, finish
from gallery.worker.task import Task
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left(add_image: AddImage) -> None:
    for quality in (90, 30):
        add_image(upload(1, quality=quality))
    for model in (Match, Cluster, LogPosition):
        model.objects.all().delete()  # as if nothing had ever been compared
    finish()
    assert not matching.is_unsettled()
    assert not parts.unsought().exists()
    assert Cluster.objects.count() == 1


@pytest.mark.django_db
def test_it_ends_though_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "is_unsettled", lambda: True)
    done: list[Task] = []
    finish(done.append)
    names = [task.name for task in done]
    assert len(names) == ROUNDS * len(set(names))
