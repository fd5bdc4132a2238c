"""The task that reads files: every copy once, and again what could not be read."""

from collections.abc import Callable
from io import BytesIO

import pytest

from gallery.matching import follower
from gallery.models import Image, Provenance
from gallery.worker import examining
from gallery.worker.examining import Examining
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.fixture
def copies(add_image: AddImage) -> list[Image]:
    images = [add_image(upload(seed, quality=q)) for seed in (1, 2) for q in (90, 40)]
    follower.finish()
    return images


def work(task: Examining) -> None:
    while task.do_some(0):
        pass


def test_all_copies_are_read_a_file_at_a_time(copies: list[Image], add_image: AddImage) -> None:
    add_image(3)  # it has no copies
    follower.finish()
    task = Examining()
    assert task.remaining() == 2
    assert task.do_some(0)
    assert Provenance.objects.count() <= 1
    work(task)
    assert task.remaining() == 0
    assert set(Provenance.objects.filter(is_compared=True).values_list("pk", flat=True)) == {
        image.content_digest for image in copies
    }


def test_a_new_copy_is_read_later(copies: list[Image], add_image: AddImage) -> None:
    task = Examining()
    work(task)
    new = add_image(upload(2, quality=70))
    follower.finish()
    assert task.remaining() == 1
    work(task)
    assert Provenance.objects.get(pk=new.content_digest).is_compared


def test_a_cluster_that_is_gone_is_passed_over(copies: list[Image]) -> None:
    task = Examining()
    task.do_some(0)
    Image.objects.all().delete()
    follower.finish()
    work(task)
    assert task.remaining() == 0


def test_a_missing_file_is_tried_again_after_an_hour(
    copies: list[Image], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lost = copies[0]
    with lost.file.open() as file:
        data = file.read()
    lost.file.storage.delete(lost.file.name)
    now = 1000.0
    monkeypatch.setattr(examining.time, "monotonic", lambda: now)
    task = Examining()
    work(task)
    assert caplog.text.count("Cannot read") == 1
    lost.file.storage.save(lost.file.name, BytesIO(data))
    work(task)
    assert task.remaining() == 1
    now += 2 * examining.RETRY_SECONDS
    work(task)
    assert task.remaining() == 0
