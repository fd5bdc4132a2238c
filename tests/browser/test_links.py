"""How a cluster hangs together, looked at and split with a mouse, without scripts too."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.pictures import upload

LIST = "/admin/gallery/image/duplicates/"


@pytest.fixture
def cluster(add_image: Any) -> None:
    """Three copies of one picture, the third of them poor."""
    for quality in (90, 60, 2):
        add_image(upload(1, quality=quality))


def split(page: Page) -> None:
    """Find the weakest link of the only cluster, and split there."""
    page.goto(LIST)
    page.get_by_role("link", name="How they are linked").click()
    table = page.get_by_role("table", name="How much any two pictures differ")
    expect(table.get_by_text("weakest link")).to_have_count(1)
    expect(table.get_by_role("link")).to_have_count(3)
    page.get_by_role("button", name="Split here").click()
    expect(
        page.get_by_text("Split off 1 of 3 pictures, 2 pairs marked as not duplicates")
    ).to_be_visible()
    page.goto(LIST)
    expect(page.locator("form.cluster .members li")).to_have_count(2)


def test_is_split_and_taken_back(page: Page, log_in: Any, reviewer: Any, cluster: None) -> None:
    log_in(reviewer)
    split(page)
    page.get_by_role("button", name="Undo the last decision").click()
    expect(page.locator("form.cluster .members li")).to_have_count(3)


def test_works_without_scripts(
    chromium: Browser, live_server: Any, client: Any, reviewer: Any, cluster: None
) -> None:
    client.force_login(reviewer)
    with chromium.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(LIST)
        page.get_by_role("link", name="How they are linked").click()
        leaving = page.get_by_role("group", name="Split off")
        leaving.get_by_role("checkbox").first.check()
        leaving.get_by_role("checkbox").last.uncheck()
        page.get_by_role("button", name="Preview").last.click()
        expect(page.get_by_text("will be marked as not duplicates")).to_be_visible()
        page.get_by_role("button", name="Split off the selected pictures").click()
        expect(page.get_by_text("marked as not duplicates")).to_be_visible()


@pytest.mark.slow
def test_has_no_violations(
    chromium: Browser, live_server: Any, client: Any, reviewer: Any, cluster: None
) -> None:
    client.force_login(reviewer)
    # Axe comes into the page as a script, which the site's policy rightly refuses.
    with chromium.new_context(base_url=live_server.url, bypass_csp=True) as context:
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(LIST)
        page.get_by_role("link", name="How they are linked").click()
        is_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        for scheme in ("light", "dark"):
            for width in (390, 1280):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 800})
                found = violations(page, "#links")
                assert not [(one["id"], one["nodes"][0]["html"]) for one in found], (scheme, width)
                assert not page.evaluate(is_wide), width
