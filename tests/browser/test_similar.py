"""The panel of similar pictures: the slider answers at once, the address follows."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gallery.models import Image
from hashing.fingerprints.perceptual_hash import PerceptualHash

VISIBLE = "#neighbours > li:visible"


@pytest.fixture
def subject(add_image: Any) -> Image:
    """A picture with others 0, 4, 12 and 30 bits away."""
    images = [add_image(seed, title=f"t{seed}") for seed in range(5)]
    for image, distance in zip(images, (0, 0, 4, 12, 30), strict=True):
        Image.objects.filter(pk=image.pk).update(phash=PerceptualHash((1 << distance) - 1))
    return images[0]


def slide(page: Page, bits: int) -> None:
    page.locator("#slider").fill(str(bits))


def test_slider(page: Page, subject: Image) -> None:
    page.goto(subject.get_absolute_url())
    expect(page.locator(VISIBLE)).to_have_count(2)
    page.locator("#slider").focus()
    slide(page, 32)
    expect(page.locator(VISIBLE)).to_have_count(4)
    expect(page.locator("#similar-heading")).to_have_text("Visually similar 4")
    assert "max_distance=32" in page.url
    slide(page, 3)
    expect(page.locator(VISIBLE)).to_have_count(1)
    expect(page.locator("#number")).to_have_value("3")
    expect(page.locator("[data-live]")).to_have_text("1 picture within 3 bits")
    page.reload()
    expect(page.locator(VISIBLE)).to_have_count(1)


def test_filtering_is_instant(page: Page, subject: Image) -> None:
    page.goto(subject.get_absolute_url())
    page.locator("#dial").hover()
    expect(page.locator("#neighbours > li")).to_have_count(4)  # loaded before they are wanted
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    took = page.evaluate(
        """() => {
            const slider = document.getElementById("slider");
            const start = performance.now();
            slider.value = 20;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.getBoundingClientRect();
            return performance.now() - start;
        }"""
    )
    assert took < 50
    expect(page.locator(VISIBLE)).to_have_count(3)
    assert not [url for url in requests if "similar" in url]


def test_number_field_is_bound(page: Page, subject: Image) -> None:
    page.goto(subject.get_absolute_url())
    page.locator("#number").fill("12")
    expect(page.locator(VISIBLE)).to_have_count(3)
    expect(page.locator("#slider")).to_have_value("12")


def test_method(page: Page, subject: Image) -> None:
    page.goto(subject.get_absolute_url() + "?max_distance=32")
    expect(page.locator(VISIBLE)).to_have_count(4)
    page.locator("label", has=page.get_by_role("radio", name="Difference")).click()
    expect(page.locator("#neighbours")).to_have_attribute("data-method", "dhash")
    expect(page.get_by_role("radio", name="Difference")).to_be_checked()
    expect(page).to_have_url(re.compile("by=dhash"))


def test_number_beyond_the_scale(page: Page, subject: Image) -> None:
    page.goto(subject.get_absolute_url())
    page.locator("#number").fill("50")
    page.locator("label", has=page.get_by_role("radio", name="Difference")).click()
    expect(page.locator("#neighbours")).to_have_attribute("data-method", "dhash")
    expect(page.locator("#number")).to_have_value("32")
    expect(page).to_have_url(re.compile("max_distance=32"))


def test_method_that_cannot_be_fetched(context: BrowserContext, subject: Image) -> None:
    page = context.new_page()  # the browser complains of the broken request
    page.goto(subject.get_absolute_url())
    page.route("**/similar/**", lambda route: route.abort())
    page.locator("label", has=page.get_by_role("radio", name="Difference")).click()
    expect(page.locator("[data-failed]")).to_be_visible()
    expect(page.get_by_role("radio", name="Perceptual")).to_be_checked()
    page.unroute("**/similar/**")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#neighbours")).to_have_attribute("data-method", "dhash")
    expect(page.get_by_role("radio", name="Difference")).to_be_checked()
    expect(page.locator("[data-failed]")).to_be_hidden()


def test_link_to_the_nearest(page: Page, subject: Image) -> None:
    Image.objects.exclude(pk=subject.pk).update(phash=PerceptualHash((1 << 14) - 1))
    page.goto(subject.get_absolute_url())
    expect(page.locator(VISIBLE)).to_have_count(0)
    page.get_by_role("link", name="show it").click()
    expect(page.locator(VISIBLE)).to_have_count(4)
    assert "max_distance=14" in page.url
