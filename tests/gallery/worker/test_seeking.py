"""The task that seeks parts."""

from collections.abc import Callable

from gallery.models import Image, PartMatch
from gallery.worker.seeking import SeekingParts
from tests.gallery.parts.test_seeking import QUARTER, file_of
from tests.pictures import scene


def test_one_memory_serves_all_pictures(add_image: Callable[..., Image]) -> None:
    task = SeekingParts()
    whole = add_image(file_of(scene(1)))
    assert task.do_some(60) is False
    part = add_image(file_of(scene(1).crop(QUARTER)))
    assert task.remaining() == 1
    assert task.do_some(60) is False
    row = PartMatch.objects.get()
    assert (row.first, row.second) == (whole, part)


def test_pictures_that_were_sought_before_are_loaded(add_image: Callable[..., Image]) -> None:
    add_image(file_of(scene(1)))
    SeekingParts().do_some(60)
    add_image(file_of(scene(1).crop(QUARTER)))
    SeekingParts().do_some(60)
    assert PartMatch.objects.exists()
