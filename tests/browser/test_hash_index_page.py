"""The admin's page about the index: on a phone and on a desk, light and dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, expect

PAGE = "/admin/gallery/image/hash-index/"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def test_it_is_reached_and_read(page: Any, log_in: Any, reviewer: User, add_image: Any) -> None:
    add_image(1)
    log_in(reviewer)
    page.goto("/admin/gallery/image/")
    page.get_by_role("link", name="Hash index").click()
    expect(page.get_by_text("All triggers are in place.")).to_be_visible()
    expect(page.get_by_role("region", name="Indexes")).to_contain_text("perceptual hash")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_violations(
    chromium: Browser,
    live_server: Any,
    client: Any,
    reviewer: User,
    add_image: Any,
    scheme: Any,
    width: int,
) -> None:
    add_image(1)
    client.force_login(reviewer)
    context = chromium.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
    )
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(PAGE)
    # What the stock admin draws around the page is Django's.
    found = Axe().run(page, ".hash-index", RULES).response["violations"]
    overflow = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    context.close()
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []
    assert not overflow
