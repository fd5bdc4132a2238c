"""Rows of pictures, tags and albums: who sees what, in which order, at what cost."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gallery.models import Image
from tests.gallery.match_rows import add, picture

INDEX = reverse("gallery:index")


def shown(response: Any) -> list[str]:
    """Return the titles of the cards on a page, in their order."""
    return re.findall(r'class="caption" aria-hidden="true">([^<]*)<', response.content.decode())


class TestIndex:
    def test_empty(self, client: Client, db: None) -> None:
        response = client.get(INDEX)
        assert response.status_code == 200
        assert "No pictures yet" in response.content.decode()

    def test_who_sees_what(
        self, client: Client, add_image: Callable[..., Image], bob, admin
    ) -> None:
        add_image(1, title="Open")
        hidden = add_image(2, title="Secret", visibility="private")
        for user, titles in [(None, ["Open"]), (bob, ["Open"]), (hidden.owner, ["Secret", "Open"]),
                             (admin, ["Secret", "Open"])]:  # fmt: skip
            if user:
                client.force_login(user)
            response = client.get(INDEX)
            assert shown(response) == titles
            assert f"{len(titles)} picture" in response.content.decode()

    def test_trashed_pictures_are_gone(self, client: Client, add_image) -> None:
        image = add_image(1)
        client.force_login(image.owner)
        client.post(reverse("gallery:trash_picture", args=[image.public_id]))
        assert shown(client.get(INDEX)) == []

    def test_search(self, client: Client, add_image) -> None:
        add_image(1, title="A red house", tags=("village",))
        add_image(2, title="A red car")
        assert shown(client.get(INDEX, {"q": "red"})) == ["A red car", "A red house"]
        assert shown(client.get(INDEX, {"q": "RED village"})) == ["A red house"]
        response = client.get(INDEX, {"q": "red boat"})
        assert "match all of these words" in response.content.decode()
        assert 'href="?q=red"' in response.content.decode()  # without the word "boat"

    @pytest.mark.parametrize("query", ["été", "ÉTÉ", "Été 2024 (2.)", "ÉTÉ VÁROS", "été."])
    def test_search_knows_the_case_of_all_letters(
        self, client: Client, add_image, query: str
    ) -> None:
        add_image(1, title="Été 2024 (2.)", tags=("Város",))
        add_image(2, title="Ete")
        expected = [] if query.endswith("é.") else ["Été 2024 (2.)"]
        assert shown(client.get(INDEX, {"q": query})) == expected

    def test_search_text_is_escaped(self, client: Client, db: None) -> None:
        response = client.get(INDEX, {"q": '"><script>x</script>'})
        assert "<script>x" not in response.content.decode()

    def test_sorts(self, client: Client, add_image) -> None:
        add_image(1, title="b")
        add_image(2, title="a")
        assert shown(client.get(INDEX, {"sort": "oldest"})) == ["b", "a"]
        assert shown(client.get(INDEX, {"sort": "title"})) == ["a", "b"]
        assert "jg-l" in client.get(INDEX, {"size": "l"}).content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            {"sort": "best"},
            {"size": "xl"},
            {"after": "zzz"},
            {"parts": "0"},
            {"parts": "11"},
            {"parts": "x"},
            {"q": "x" * 201},
            {"q": "\0"},
        ],
    )
    def test_bad_addresses(self, client: Client, db: None, query: dict[str, str]) -> None:
        response = client.get(INDEX, query)
        assert response.status_code == 400
        assert "Bad request" in response.content.decode()

    def test_pages(self, client: Client, add_image, settings) -> None:
        settings.GALLERY = {"PAGE_SIZE": 2}
        for seed in range(5):
            add_image(seed, title=f"t{seed}")
        seen, url = [], INDEX
        while url:
            text = client.get(url).content.decode()
            seen += re.findall(r'class="caption" aria-hidden="true">([^<]*)<', text)
            following = re.search(r'rel="next" href="([^"]+)"', text)
            url = INDEX + following[1].replace("&amp;", "&") if following else ""
        assert seen == ["t4", "t3", "t2", "t1", "t0"]
        assert 'rel="prev"' in text

    def test_more_rows_do_not_lead_back_to_those_above(
        self, client: Client, add_image, settings
    ) -> None:
        settings.GALLERY = {"PAGE_SIZE": 1}
        for seed in range(2):
            add_image(seed)
        cursor = client.get(INDEX).context["page"].after
        for headers, leads_back in [({}, True), ({"HX-Request": "true"}, False)]:
            response = client.get(INDEX, {"after": cursor}, headers=headers)
            assert (b'rel="prev"' in response.content) is leads_back

    def test_several_pages_as_one(self, client: Client, add_image, settings) -> None:
        settings.GALLERY = {"PAGE_SIZE": 2}
        for seed in range(5):
            add_image(seed, title=f"t{seed}")
        response = client.get(INDEX, {"parts": 2})
        assert shown(response) == ["t4", "t3", "t2", "t1"]
        following = re.search(r'rel="next" href="([^"]+)"', response.content.decode())[1]
        assert shown(client.get(INDEX + following.replace("&amp;", "&"))) == ["t0"]
        assert "parts" not in following

    def test_weight(self, client: Client, ann) -> None:
        add(picture(n, title=f"Title {n}", owner=ann, width=4000, height=3000) for n in range(60))
        client.force_login(ann)
        page = client.get(INDEX).content
        assert page.count(b'type="checkbox"') == 61  # one switches the single keys
        assert len(gzip.compress(page)) <= 15 * 1024

    def test_htmx_gets_rows_alone(self, client: Client, add_image) -> None:
        add_image(1, title="One")
        response = client.get(INDEX, headers={"HX-Request": "true"})
        assert shown(response) == ["One"]
        assert b"<html" not in response.content
        assert "HX-Request" in response["Vary"]

    def test_queries(self, client: Client, add_image, django_assert_max_num_queries) -> None:
        for seed in range(6):
            image = add_image(seed, tags=(f"tag-{seed}",))
        client.force_login(image.owner)
        with django_assert_max_num_queries(5):
            client.get(INDEX)

    def test_only_reading(self, client: Client, db: None) -> None:
        assert client.post(INDEX).status_code == 405


class TestShelves:
    @pytest.mark.parametrize("address", ["/tags/%00/", "/albums/a%00b/"])
    def test_no_name_holds_nul(self, client: Client, db: None, address: str) -> None:
        assert client.get(address).status_code == 404

    @pytest.mark.parametrize("kind", ["tag", "album"])
    def test_only_what_one_may_see(self, client: Client, add_image, kind: str) -> None:
        add_image(1, **{f"{kind}s": ("Open",)})
        secret = add_image(2, visibility="private", **{f"{kind}s": ("Open", "Hidden")})
        listing, hidden = reverse(f"gallery:{kind}s"), reverse(f"gallery:{kind}", args=["hidden"])
        text = client.get(listing).content.decode()
        assert "Open" in text
        assert "Hidden" not in text
        assert re.search(r">1<span class=\"hidden\"> picture<|>1 picture<", text)
        assert client.get(hidden).status_code == 404
        client.force_login(secret.owner)
        text = client.get(listing).content.decode()
        assert "Hidden" in text
        assert client.get(hidden).status_code == 200

    @pytest.mark.parametrize("kind", ["tag", "album"])
    def test_page(self, client: Client, add_image, kind: str) -> None:
        add_image(1, title="In", **{f"{kind}s": ("Sea & Sky",)})
        add_image(2, title="Out")
        response = client.get(reverse(f"gallery:{kind}", args=["sea-sky"]))
        assert shown(response) == ["In"]
        assert "Sea &amp; Sky" in response.content.decode()

    @pytest.mark.parametrize("kind", ["tags", "albums"])
    def test_empty(self, client: Client, db: None, kind: str) -> None:
        assert f"No {kind} yet" in client.get(reverse(f"gallery:{kind}")).content.decode()

    @pytest.mark.parametrize("kind", ["tags", "albums"])
    def test_queries(self, client, add_image, django_assert_max_num_queries, kind: str) -> None:
        for seed in range(4):
            image = add_image(seed, **{kind: (f"name-{seed}", "all")})
        client.force_login(image.owner)
        with django_assert_max_num_queries(5):
            assert client.get(reverse(f"gallery:{kind}")).status_code == 200
        with django_assert_max_num_queries(6):
            assert client.get(reverse(f"gallery:{kind[:-1]}", args=["all"])).status_code == 200
