"""The compare page with scripts: views, one zoom for all pictures, and keys."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ImageOps
from playwright.sync_api import Locator, Page, expect

from gallery.models import Image
from tests.browser.accessibility import violations
from tests.browser.reviewing import PAGE
from tests.pictures import encoded, photo, upload


def drawn(image: Any, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.png", encoded(image, "PNG"))


@pytest.fixture
def pair(add_image: Any) -> str:
    """The address that compares a picture with a mirrored copy of half its size."""
    first = add_image(drawn(photo(1, (640, 480)), "first"))
    second = add_image(drawn(ImageOps.mirror(photo(1, (640, 480))).resize((320, 240)), "second"))
    return f"{first.get_absolute_url()}compare/{second.public_id}/"


def window(drawing: Locator) -> list[float]:
    """Return which part of a drawing is seen: left, top, width, height."""
    shown = [float(n) for n in drawing.get_attribute("viewBox").split()]
    size = [float(drawing.get_attribute(side)) for side in ("width", "height")] * 2
    return [a / b for a, b in zip(shown, size, strict=True)]


def test_zoom_stays_in_step(page: Page, pair: str) -> None:
    page.goto(pair)
    image, drawing = page.locator(".pair img"), page.locator(".pair .drawing")
    for _ in range(3):
        page.keyboard.press("+")
    page.keyboard.press("Shift+ArrowRight")
    left, top, wide, high = window(drawing)
    assert [wide, high] == pytest.approx([1 / 1.5**3] * 2)
    assert left > (1 - wide) / 2
    moved = image.evaluate(
        "e => { const m = new DOMMatrix(getComputedStyle(e).transform);"
        " return [m.a, m.e / e.offsetWidth, m.f / e.offsetHeight]; }"
    )
    # The middle of what is seen is the same part of both.
    middle = [left + wide / 2, top + high / 2]
    assert moved == pytest.approx([1 / wide, *((0.5 - m) / wide for m in middle)], abs=0.01)
    expect(page.locator("[data-live]")).to_have_text(re.compile(r"^Zoom: \d+ %$"))
    page.keyboard.press("-")
    assert window(drawing)[2] == pytest.approx(1 / 1.5**2)
    page.keyboard.press("0")
    assert window(drawing) == [0, 0, 1, 1]
    expect(page.locator("[data-live]")).to_have_text("Zoom: Whole picture")


def test_who_cannot_drag_moves_by_buttons(page: Page, pair: str) -> None:
    page.goto(pair)
    sides = page.get_by_role("group", name="Move the zoomed area")
    expect(sides).to_be_hidden()
    page.get_by_role("button", name="Zoom in").click()
    middle = window(page.locator(".pair .drawing"))
    for name, place, step in [("Left", 0, -1), ("Right", 0, 1), ("Up", 1, -1), ("Down", 1, 1)]:
        before = window(page.locator(".pair .drawing"))[place]
        sides.get_by_role("button", name=name).click()
        moved = window(page.locator(".pair .drawing"))[place]
        assert moved == pytest.approx(before + step / (8 * 1.5))
    assert window(page.locator(".pair .drawing")) == pytest.approx(middle)
    page.get_by_role("button", name="Fit").click()
    expect(sides).to_be_hidden()


def wait_for_scroll(page: Page) -> None:
    """Asks from outside: waiting inside the page takes eval, which the site's policy forbids."""
    for _ in range(250):
        if page.evaluate("scrollY > 0"):
            return
        page.wait_for_timeout(20)
    pytest.fail("the page did not scroll")


def test_wheel_and_drag(page: Page, pair: str) -> None:
    page.goto(f"{pair}?view=overlay")
    drawing = page.locator(".stage .drawing")
    box = drawing.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 200
    page.mouse.move(x, y)
    page.mouse.wheel(0, 100)
    wait_for_scroll(page)  # it scrolls as ever while nothing is zoomed
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -600)
    page.keyboard.up("Control")
    expect(page.locator(".frame.zoomed").first).to_be_attached()
    before = window(drawing)
    assert before[2] == pytest.approx(1 / 4)
    page.mouse.down()
    page.mouse.move(x + 50, y + 10, steps=4)
    page.mouse.up()
    after = window(drawing)
    assert after[0] < before[0]
    assert after[2] == before[2]


def test_a_drag_is_no_click(page: Page, pair: str) -> None:
    page.goto(pair)
    page.get_by_role("button", name="Zoom in").click()
    box = page.locator(".pair img").bounding_box()
    middle = page.locator(".pair a").first.bounding_box()
    page.mouse.move(middle["x"] + 100, middle["y"] + 100)
    page.mouse.down()
    page.mouse.move(middle["x"] + 160, middle["y"] + 110, steps=4)
    page.mouse.up()
    assert page.locator(".pair img").bounding_box()["x"] > box["x"]
    assert "/compare/" in page.url
    page.locator(".pair a").first.click()
    page.wait_for_url(re.compile(r"/i/[^/]+/$"))


def test_dials(page: Page, pair: str) -> None:
    page.goto(f"{pair}?view=slider")
    page.get_by_label("Position of the divider").fill("25")
    expect(page.locator("#right rect")).to_have_attribute("x", "160")
    page.get_by_role("button", name="100 %").click()
    page.get_by_role("button", name="Zoom in").click()
    left, _, wide, _ = window(page.locator(".stage .drawing"))
    edge = float(page.locator(".edge").get_attribute("x1"))
    assert edge / 640 == pytest.approx(left + wide / 4)  # it stays in alignment
    page.goto(f"{pair}?view=overlay")
    page.get_by_label("Opacity of B").fill("80")
    expect(page.locator(".second")).to_have_attribute("opacity", "0.8")


def test_keys(page: Page, pair: str) -> None:
    page.goto(f"{pair}?view=flip")
    second = page.locator(".second")
    expect(second).to_be_hidden()
    page.keyboard.down("Space")
    expect(second).to_be_visible()
    page.keyboard.up("Space")
    expect(second).to_be_hidden()
    page.keyboard.press("v")
    page.wait_for_url("**view=blink")
    page.keyboard.press("v")
    page.wait_for_url("**view=side")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Hold to show B in place of A")


def test_blinks_by_button_only(page: Page, pair: str) -> None:
    page.goto(f"{pair}?view=blink")
    second, button = page.locator(".second"), page.locator("[data-blinks]")
    page.wait_for_timeout(700)
    expect(second).to_be_hidden()
    page.get_by_label("Milliseconds").fill("300")
    button.click()
    expect(second).to_be_visible()
    expect(second).to_be_hidden()
    page.keyboard.press("Escape")
    expect(button).to_have_text("Start")


def test_no_blinking_where_motion_is_unwanted(page: Page, pair: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{pair}?view=blink")
    expect(page.locator("[data-blinks]")).to_be_disabled()
    expect(page.locator("[data-still]")).to_be_visible()


def test_an_original_comes_when_the_zoom_asks_for_it(page: Page, add_image: Any) -> None:
    large = add_image(drawn(photo(1).resize((2000, 1500)), "large"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{large.get_absolute_url()}compare/{add_image(2).public_id}/?view=flip")
    page.keyboard.press("+")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("/original/")]
    page.get_by_role("button", name="100 %").click()
    expect(page.locator(".stage image").first).to_have_attribute("href", re.compile("/original/$"))


def test_reviewer_walks_the_cluster_and_decides(
    page: Page, log_in: Any, reviewer: User, add_image: Any
) -> None:
    for quality in (90, 60, 30):
        add_image(upload(1, quality=quality), title=f"Quality {quality}")
    log_in(reviewer)
    page.goto(PAGE)
    page.keyboard.press("v")
    strip = page.get_by_role("navigation", name="Compare A with")
    expect(strip.get_by_role("listitem")).to_have_count(2)
    expect(strip.locator("[aria-current]")).to_have_count(1)
    first = page.url
    page.keyboard.press("]")
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    assert page.url != first
    page.keyboard.press("[")
    expect(page.get_by_role("link", name="Next")).to_be_visible()
    assert page.url == first
    found = violations(page, ".deciding")
    assert [violation["id"] for violation in found] == []
    page.keyboard.press("1")
    expect(page.locator(".messagelist")).to_contain_text("Kept 1, trashed 1.")
    expect(page.get_by_role("heading", name="2 pictures")).to_be_visible()
    assert Image.objects.trashed().count() == 1
