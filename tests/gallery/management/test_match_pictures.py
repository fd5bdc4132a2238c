"""match_pictures: it compares new pictures, or all of them."""

from collections.abc import Callable

import pytest

from gallery.models import Image, Match
from tests.gallery.commands import run
from tests.gallery.match_rows import add, picture

AddImage = Callable[..., Image]


@pytest.mark.django_db(transaction=True)
def test_match_pictures_compares_what_was_not_compared_and_all_on_request() -> None:
    add(picture(1, variant) for variant in range(3))
    assert run("match_pictures") == "Matches: 3. Clusters: 1.\n"
    add([picture(1, 4)])
    assert run("match_pictures") == "Matches: 6. Clusters: 1.\n"
    Match.objects.all().delete()
    assert run("match_pictures") == "Matches: 0. Clusters: 1.\n"
    assert run("match_pictures", "--all") == "Matches: 6. Clusters: 1.\n"
