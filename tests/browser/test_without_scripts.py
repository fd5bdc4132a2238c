"""The whole way through the gallery with scripts turned off."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, expect

from gallery.models import Image
from tests.pictures import encoded, photo


@pytest.fixture
def context(chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context
    context.close()


@pytest.mark.slow
def test_walk(page: Any, ann: User, add_image: Any, tmp_path: Path) -> None:
    add_image(1, title="First")
    page.goto("/upload/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("ann-secret")
    page.get_by_role("main").get_by_role("button", name="Log in").click()

    files = []
    for name, data in [("a.jpg", encoded(photo(2))), ("b.jpg", encoded(photo(1), quality=60))]:
        (tmp_path / name).write_bytes(data)
        files.append(tmp_path / name)
    page.locator("#files").set_input_files(files)
    page.get_by_label("Tags, separated").fill("walk")
    page.get_by_role("main").get_by_role("button", name="Upload").click()
    expect(page.locator("#results")).to_have_text("Upload results (2 files)")
    expect(page.locator(".queue > li").nth(1)).to_contain_text("It looks like:")

    page.goto("/tags/walk/")
    expect(page.locator("#pictures > li")).to_have_count(2)
    page.locator("#pictures > li a").first.click()
    expect(page.locator("#neighbours > li")).to_have_count(1)
    page.locator("#number").fill("0")
    page.locator("label", has=page.get_by_role("radio", name="Wavelet")).click()
    page.get_by_role("button", name="Apply").click()
    assert "by=whash" in page.url
    assert "max_distance=0" in page.url

    page.goto(page.url.split("?")[0])
    page.locator("#neighbours").get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two pictures")
    page.get_by_role("link", name="Back to the picture").click()

    page.get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Title", exact=True).fill("Renamed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renamed")

    page.get_by_role("button", name="Trash").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renamed")
    assert not Image.objects.filter(trashed_at__isnull=False).exists()

    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.goto("/search/")
    page.locator("#file").set_input_files(files[0])
    page.locator("#search").get_by_role("button", name="Search").click()
    expect(page.locator("#results-heading")).to_have_text("1 picture found")


def test_pages(page: Any, add_image: Any, settings: Any) -> None:
    settings.GALLERY = {"PAGE_SIZE": 2}
    for seed in range(3):
        add_image(seed)
    page.goto("/")
    expect(page.locator("#pictures > li")).to_have_count(2)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#pictures > li")).to_have_count(1)
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("#pictures > li")).to_have_count(2)


def test_selection(
    page: Any, ann: User, add_image: Any, client: Any, live_server: Any, complaints: list[str]
) -> None:
    for seed in range(3):
        add_image(seed, title=f"t{seed}")
    client.force_login(ann)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**cookie, "url": live_server.url}])
    page.goto("/")
    for title in ("t0", "t2"):
        page.get_by_role("checkbox", name=f"Select {title}").check()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("status").first).to_contain_text("Trashed 2.")
    expect(page.locator("#pictures > li")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#pictures > li")).to_have_count(3)
    for checkbox in page.locator("#pictures input").all():
        checkbox.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("you selected 3.")
    complaints.clear()  # of the browser, about the answer 422
    page.get_by_role("checkbox", name="Select t1").uncheck()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two pictures")


def test_compare(page: Any, add_image: Any) -> None:
    first, second = add_image(1), add_image(2)
    page.goto(f"{first.get_absolute_url()}compare/{second.public_id}/")
    views = page.get_by_role("group", name="View")
    views.get_by_role("link", name="Flip").click()
    over = page.locator(".stage .second")
    expect(over).to_be_hidden()
    page.get_by_label("Show B instead of A").check()
    expect(over).to_be_visible()
    views.get_by_role("link", name="Difference").click()
    expect(page.locator(".stage")).to_contain_text("of pixels equal")
    page.get_by_role("link", name="×16").click()
    expect(page.locator(".stage image")).to_have_attribute("href", re.compile("gain=16$"))
