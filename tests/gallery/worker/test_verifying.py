"""The task that looks at matches."""

from gallery.matching import match_store
from gallery.matching.match_search import MatchSearch
from gallery.models import Match, MatchKind
from gallery.worker.verifying import PORTION, Verifying
from tests.gallery.match_rows import add, picture


def test_it_looks_at_all_matches_in_portions(db: None) -> None:
    images = add([picture(1, variant) for variant in range(6)])
    match_store.renew([image.pk for image in images], MatchSearch())
    task, count = Verifying(), Match.objects.count()
    assert task.remaining() == count > PORTION
    assert task.do_some(0) is True  # the first portion takes longer than no time
    assert task.remaining() == count - PORTION
    assert task.do_some(60) is False
    assert set(Match.objects.values_list("kind", flat=True)) == {MatchKind.COPY}
