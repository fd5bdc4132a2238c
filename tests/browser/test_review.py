"""Reviewing clusters in the back office, with scripts and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, expect

from gallery.models import Image, Verdict
from tests.pictures import upload

PAGE = "/admin/gallery/image/duplicates/"


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def context(
    chromium: Browser, live_server: Any, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=request.param)
    yield context
    context.close()


@pytest.fixture
def trio(add_image: Any) -> list[Image]:
    return [
        add_image(upload(1, f"{name}.jpg", quality=quality), title=name)
        for name, quality in (("First", 90), ("Second", 60), ("Third", 30))
    ]


def choose(page: Any, title: str, choice: str) -> None:
    page.get_by_role("group", name=f"What to do with {title}").get_by_label(choice).check()


def test_cluster_is_decided_picture_by_picture(
    page: Any, log_in: Any, reviewer: User, trio: list[Image]
) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    expect(page.get_by_role("heading", name="3 pictures")).to_be_visible()
    choose(page, "First", "Keep")
    choose(page, "Second", "Trash")
    page.get_by_role("button", name="Apply to these 3").click()
    expect(page.get_by_text("Kept 1, trashed 1.")).to_be_visible()
    expect(page.get_by_role("heading", name="2 pictures")).to_be_visible()

    choose(page, "Third", "Not a duplicate")
    page.get_by_role("button", name="Apply to these 2").click()
    expect(page.get_by_role("heading", name="No open duplicates")).to_be_visible()
    assert [image.title for image in Image.objects.trashed()] == ["Second"]
    assert sorted(Verdict.objects.filter(is_inferred=False).values_list("kind", flat=True)) == [
        "duplicate",
        "not_a_duplicate",
    ]


def test_all_cannot_be_trashed(page: Any, log_in: Any, reviewer: User, trio: list[Image]) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    for image in trio:
        choose(page, image.title, "Trash")
    page.get_by_role("button", name="Apply to these 3").click()
    expect(page.get_by_text("one picture at least has to stay")).to_be_visible()
    assert Image.objects.untrashed().count() == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(
    chromium: Browser, live_server: Any, client: Any, reviewer: User, trio: list[Image], scheme: Any
) -> None:
    client.force_login(reviewer)
    context = chromium.new_context(
        base_url=live_server.url, color_scheme=scheme, bypass_csp=True, viewport=None
    )
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(PAGE)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    # What the stock admin draws around the page is Django's.
    found = Axe().run(page, ".duplicates", options).response["violations"]
    context.close()
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []
