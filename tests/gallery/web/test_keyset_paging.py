"""Pages start where others ended, in every order, and only genuine cursors are accepted."""

import base64
import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.core.signing import Signer
from django.db import connection
from django.utils import timezone

from gallery.library.forms import ListingForm
from gallery.library.listings import ORDERS
from gallery.models import Image
from gallery.web.keyset_paging import cursor_of, keyset_page

TITLES = ["b", "A", "", "c", "", "a", "B"]


@pytest.fixture
def images(db: None) -> None:
    now = timezone.now()
    Image.objects.bulk_create(
        # Two moments and two sizes only, so that the keys often tie.
        Image(title=title, created_at=now, width=1 + i % 2, height=2)
        for i, title in enumerate(TITLES)
    )


def unsigned(values: list[Any]) -> str:
    """Return a cursor as earlier versions made them."""
    text = json.dumps(values, default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", ORDERS)
class TestKeysetPage:
    def test_forwards_and_back(self, images: None, sort: str) -> None:
        order = ORDERS[sort]
        whole = keyset_page(Image.objects.all(), order, 100)
        assert (whole.before, whole.after) == ("", "")
        first = keyset_page(Image.objects.all(), order, 3)
        second = keyset_page(Image.objects.all(), order, 3, after=first.after)
        third = keyset_page(Image.objects.all(), order, 3, after=second.after)
        assert [*first.items, *second.items, *third.items] == whole.items
        assert first.before == third.after == ""
        back = keyset_page(Image.objects.all(), order, 3, before=third.before)
        assert back.items == second.items
        assert keyset_page(Image.objects.all(), order, 3, before=back.before).items == first.items

    def test_unsigned_cursor_of_a_row(self, images: None, sort: str) -> None:
        order = ORDERS[sort]
        last = keyset_page(Image.objects.all(), order, 3).items[-1]
        with pytest.raises(BadRequest, match="first page"):
            keyset_page(Image.objects.all(), order, 3, after=unsigned(order.position_of(last)))

    def test_cursor_of_another_order(self, images: None, sort: str) -> None:
        for other in ORDERS.keys() - {sort}:
            cursor = keyset_page(Image.objects.all(), ORDERS[other], 3).after
            with pytest.raises(BadRequest, match="first page"):
                keyset_page(Image.objects.all(), ORDERS[sort], 3, after=cursor)

    @pytest.mark.parametrize(
        "cursor", ["x", "!!", "e30", "W10", "é", "a:b", Signer(salt="other").sign_object([1, 2])]
    )
    def test_foreign_cursor(self, images: None, sort: str, cursor: str) -> None:
        with pytest.raises(BadRequest, match="first page"):
            keyset_page(Image.objects.all(), ORDERS[sort], 3, after=cursor)


def test_cursor_of_the_longest_title_fits_into_an_address(db: None) -> None:
    title = "".join(map(chr, range(0x4E00, 0x4E00 + 200)))
    Image.objects.create(title=title)
    row = keyset_page(Image.objects.all(), ORDERS["title"], 1).items[0]
    assert ListingForm({"after": cursor_of(row, ORDERS["title"])}).is_valid()


def test_titles_ignore_case_and_missing_ones_come_last(images: None) -> None:
    titles = [image.title for image in keyset_page(Image.objects.all(), ORDERS["title"], 9).items]
    assert [title.lower() for title in titles] == ["a", "a", "b", "b", "c", "", ""]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("who", ["anonymous", "member", "superuser"])
def test_rows_come_sorted_out_of_an_index(
    db: None, who: str, sort: str, django_user_model: Any
) -> None:
    if connection.vendor != "sqlite":
        return  # others plan by statistics, and the tables of a test are empty
    order = ORDERS[sort]
    rows = Image.objects.visible_to(person(who, django_user_model)).order_by(*order.keys)
    following = rows.filter(order.beyond((timezone.now(), 5)))
    first_plan, plan = rows[:10].explain(), following[:10].explain()
    for each in (first_plan, plan):
        assert "gallery_image_newest" in each
        assert "TEMP B-TREE" not in each
    assert "SEARCH" in plan  # it enters the index where the first page ended


def person(who: str, users: Any) -> Any:
    if who == "anonymous":
        return AnonymousUser()
    return users.objects.create_user(who, is_superuser=who == "superuser")
