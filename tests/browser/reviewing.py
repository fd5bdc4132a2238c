"""What tests of the page of duplicates share."""

from typing import Any

from playwright.sync_api import Page, expect

from gallery.models import Image, Verdict
from tests.pictures import upload

PAGE = "/admin/gallery/image/duplicates/"


def fill(add_image: Any, count: int) -> None:
    for seed in range(count):
        for quality in (90, 30):
            add_image(upload(seed, f"{seed} {quality}.jpg", quality=quality), title=f"Shot {seed}")


def wait_until_stored(page: Page) -> None:
    expect(page.locator("[data-unsent]:not([data-unsent='0'])")).to_have_count(0, timeout=30_000)


def choose(page: Any, title: str, choice: str) -> None:
    page.get_by_role("group", name=f"What to do with {title}").get_by_label(choice).check()


def check_untouched(pictures: int = 60) -> None:
    assert Image.objects.untrashed().count() == pictures
    assert not Verdict.objects.exists()
