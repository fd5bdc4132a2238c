"""Pages that begin where others ended, whatever the order."""

import pytest
from django.core.exceptions import BadRequest
from django.utils import timezone

from gallery.listings import ORDERS
from gallery.models import Image
from gallery.paging import page

TITLES = ["b", "A", "", "c", "", "a", "B"]


@pytest.fixture
def images(db: None) -> None:
    now = timezone.now()
    Image.objects.bulk_create(
        # Two moments and two sizes only, so that the keys often tie.
        Image(title=title, created_at=now, width=1 + i % 2, height=2)
        for i, title in enumerate(TITLES)
    )


@pytest.mark.parametrize("sort", ORDERS)
class TestPage:
    def test_forwards_and_back(self, images: None, sort: str) -> None:
        order = ORDERS[sort]
        whole = page(Image.objects.all(), order, 100)
        assert (whole.before, whole.after) == ("", "")
        first = page(Image.objects.all(), order, 3)
        second = page(Image.objects.all(), order, 3, after=first.after)
        third = page(Image.objects.all(), order, 3, after=second.after)
        assert [*first.items, *second.items, *third.items] == whole.items
        assert first.before == third.after == ""
        back = page(Image.objects.all(), order, 3, before=third.before)
        assert back.items == second.items
        assert page(Image.objects.all(), order, 3, before=back.before).items == first.items

    @pytest.mark.parametrize("cursor", ["x", "!!", "e30", "W10", "WyJhIiwiYiJd", "bnVsbA", "é"])
    def test_foreign_cursor(self, images: None, sort: str, cursor: str) -> None:
        with pytest.raises(BadRequest, match="first page"):
            page(Image.objects.all(), ORDERS[sort], 3, after=cursor)


def test_titles_ignore_case_and_missing_ones_come_last(images: None) -> None:
    titles = [image.title for image in page(Image.objects.all(), ORDERS["title"], 9).items]
    assert [title.lower() for title in titles] == ["a", "a", "b", "b", "c", "", ""]
