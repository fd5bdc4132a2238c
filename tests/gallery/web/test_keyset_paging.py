"""Pages that begin where others ended, whatever the order."""

import base64
import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.db import connection
from django.utils import timezone

from gallery.library.listings import ORDERS
from gallery.models import Image
from gallery.web.keyset_paging import page

TITLES = ["b", "A", "", "c", "", "a", "B"]

# What no list gives, whatever it is sorted by; the last ones are text, of which a title may be.
FORGED = [float("inf"), float("nan"), None, 2**63, -(2**63), "\ud800", "\0"]
EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", 5]


def cursor_of(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode()


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

    @pytest.mark.parametrize("value", FORGED)
    def test_forged_values(self, images: None, sort: str, value: Any) -> None:
        order = ORDERS[sort]
        last = page(Image.objects.all(), order, 3).items[-1]
        genuine = [getattr(last, name) for name in order.names]
        for place in range(len(genuine)):
            values = [*genuine[:place], value, *genuine[place + 1 :]]
            with pytest.raises(BadRequest, match="first page"):
                page(Image.objects.all(), order, 3, after=cursor_of(values))

    @pytest.mark.parametrize("cursor", ["x", "!!", "e30", "W10", "WyJhIiwiYiJd", "bnVsbA", "é"])
    def test_foreign_cursor(self, images: None, sort: str, cursor: str) -> None:
        with pytest.raises(BadRequest, match="first page"):
            page(Image.objects.all(), ORDERS[sort], 3, after=cursor)


@pytest.mark.parametrize("time", EDGES)
def test_forged_times(images: None, time: Any) -> None:
    with pytest.raises(BadRequest, match="first page"):
        page(Image.objects.all(), ORDERS["newest"], 3, after=cursor_of([time, 5]))


def test_titles_ignore_case_and_missing_ones_come_last(images: None) -> None:
    titles = [image.title for image in page(Image.objects.all(), ORDERS["title"], 9).items]
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
