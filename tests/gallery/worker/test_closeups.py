"""The task that makes missing close-ups."""

from gallery.models import Closeup, Image
from gallery.worker.closeups import MakingCloseups
from tests.gallery.match_rows import add, picture
from tests.pictures import upload


def test_it_makes_those_that_are_missing(db: None) -> None:
    Image.objects.create(file=upload(1))
    add([picture(2, phash=None)])  # has no file, and is passed over
    task = MakingCloseups()
    assert task.remaining() == 2
    assert task.do_some(60) is False
    assert task.remaining() == 0
    assert Closeup.objects.exclude(preview=b"").count() == 1
