"""From a list to a picture, and on to those that stand beside it in that list."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gallery.library.list_position import SourceList
from gallery.library.listings import ORDERS
from gallery.models import Image


def beside(client: Client, address: str) -> list[str | None]:
    """Return the titles of the pictures before and after the one at `address`."""
    context = client.get(address).context
    return [str(context[side]) if side in context else None for side in ("previous", "next")]


def cards(client: Client, address: str, **query: Any) -> list[str]:
    """Return where the pictures of a list lead, in its order."""
    text = client.get(address, query).content.decode()
    return [unescape(found) for found in re.findall(r'<li class="ar\d+"><a href="([^"]+)"', text)]


@pytest.fixture
def coast(add_image) -> list[Image]:
    """Pictures whose sizes, titles and times go different ways; one of them is a secret."""
    titles = ["beta Sea", "Alpha sea", "", "gamma", "alpha Sea", "Delta sea"]
    images = [
        add_image(seed, title=title, tags=("Été",) if seed % 2 else (), albums=("Coast",))
        for seed, title in enumerate(titles)
    ]
    for image, width in zip(images, (300, 300, 900, None, 100, 500), strict=True):
        Image.objects.filter(pk=image.pk).update(width=width)
    Image.objects.filter(pk=images[5].pk).update(visibility="private")
    return images


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize(
    ("name", "slug", "q"),
    [("index", None, ""), ("index", None, "sea"), ("tag", "été", ""), ("album", "coast", "a s")],
)
def test_a_list_goes_on_at_its_pictures(
    client: Client, coast: list[Image], bob: User, sort: str, name: str, slug: str, q: str
) -> None:
    for user in (bob, coast[0].owner):
        client.force_login(user)
        address = reverse(f"gallery:{name}", args=[slug] if slug else [])
        links = cards(client, address, sort=sort, q=q)
        assert len(links) >= 2
        titles = [client.get(link).context["image"] for link in links]
        expected = [None, *map(str, titles), None]
        for place, link in enumerate(links):
            assert beside(client, link) == [expected[place], expected[place + 2]]


def test_the_way_on_keeps_the_list(client: Client, coast: list[Image]) -> None:
    link, *_ = cards(client, reverse("gallery:tag", args=["été"]), sort="oldest", q="a")
    following = re.search(
        r'rel="next" href="([^"]+)"', client.get(link).content.decode().replace("&amp;", "&")
    )
    assert following
    assert following[1].split("?")[1] == link.split("?")[1]
    assert f'name="from" value="{urlencode({"tag": "été", "q": "a", "sort": "oldest"})}"' in (
        unescape(client.get(link).content.decode())
    )


def test_the_usual_list_is_not_named(client: Client, coast: list[Image]) -> None:
    assert cards(client, reverse("gallery:index"))[-1] == coast[0].get_absolute_url()


@pytest.mark.parametrize(
    "text",
    ["nonsense", "sort=worst", "sort=title&q=" + "x" * 201, "tag=%00", "&".join("abcdefgh"),
     "tag=" + "x" * 111, "a=1&" * 5000, "sort=title&sort=worst", "%ff=%ff"],
)  # fmt: skip
def test_nonsense_changes_nothing(client: Client, coast: list[Image], text: str) -> None:
    here = coast[2].get_absolute_url()
    address = f"{here}?{urlencode({'from': text})}"
    assert client.get(address).status_code == 200
    assert beside(client, address) == beside(client, here)
    assert SourceList.read(text) == SourceList()


@pytest.mark.parametrize(
    "source", [SourceList(tag="none"), SourceList(q="no such word"), SourceList("a", "b")]
)
def test_a_list_without_the_picture(client: Client, coast: list[Image], source: SourceList) -> None:
    assert beside(client, coast[2].get_absolute_url() + source.query) == [None, None]


def test_a_secret_is_no_neighbour(client: Client, coast: list[Image], bob: User) -> None:
    query = SourceList(tag="été", sort="oldest").query
    client.force_login(bob)
    assert beside(client, coast[3].get_absolute_url() + query) == ["Alpha sea", None]
    client.force_login(coast[0].owner)
    assert beside(client, coast[3].get_absolute_url() + query) == ["Alpha sea", "Delta sea"]


def test_asks_no_more_of_the_database(client: Client, coast: list[Image]) -> None:
    here = coast[1].get_absolute_url()
    counts = []
    for source in (SourceList(), SourceList(), SourceList("été", "coast", "sea", "title")):
        with CaptureQueriesContext(connection) as asked:
            client.get(here + source.query)
        counts.append(len(asked))
    assert counts[1] == counts[2]
