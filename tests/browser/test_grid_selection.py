"""Selecting pictures in the grid, by mouse and by keyboard, and coming back to where one was."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gallery.models import Image, Tag

CARDS = "#pictures > li"
TICKED = f"{CARDS} > input:checked"


@pytest.fixture
def images(add_image: Any) -> list[Image]:
    return [add_image(seed, title=f"t{seed}") for seed in range(6)]


def test_mouse(page: Page, images: list[Image], log_in: Any) -> None:
    log_in(images[0].owner)
    page.goto("/")
    bar = page.get_by_role("group", name="Selected pictures")
    expect(bar).to_be_hidden()
    page.locator(CARDS).nth(1).hover()
    page.get_by_role("checkbox", name="Select t4").check()
    expect(bar).to_contain_text("1 picture selected")
    page.locator(CARDS).nth(4).click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 pictures selected")
    compare = bar.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    for number in (2, 3):
        page.locator(CARDS).nth(number).click()
    expect(compare).to_be_enabled()
    compare.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two pictures")
    page.goto("/")
    page.get_by_role("button", name="Select").click()
    page.locator(CARDS).first.click()
    bar.get_by_role("button", name="Clear").click()
    expect(page.locator(TICKED)).to_have_count(0)
    expect(bar).to_be_hidden()
    page.locator(CARDS).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("t5")


def test_keyboard(page: Page, images: list[Image], log_in: Any) -> None:
    log_in(images[0].owner)
    page.goto("/")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator("#selected")).to_have_text("1 picture selected")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+X")
    expect(page.locator("#selected")).to_have_text("3 pictures selected")
    page.keyboard.press("Space")
    expect(page.locator("#selected")).to_have_text("2 pictures selected")
    page.keyboard.press("Escape")
    expect(page.locator(TICKED)).to_have_count(0)
    page.keyboard.press("x")
    # The grid is one stop of the tab key; what can be done is the next but for the way on.
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Tag or album")).to_be_focused()
    page.keyboard.type("sea")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Added 1 picture to the tag “sea”.")
    assert [image.title for image in Tag.objects.get().images.all()] == ["t3"]
    page.locator(f"{CARDS} > a").first.focus()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("t5")
    assert page.url.endswith("#similar")


def test_single_keys_can_be_turned_off(page: Page, images: list[Image]) -> None:
    page.goto("/")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Use single-key shortcuts").uncheck()
    page.get_by_role("button", name="Close").click()
    page.locator(f"{CARDS} > a").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{CARDS} > a").nth(1)).to_be_focused()
    expect(page.locator(TICKED)).to_have_count(0)
    page.get_by_role("button", name="Select").click()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#select")).not_to_be_focused()
    page.locator(f"{CARDS} > input").nth(1).focus()
    page.keyboard.press("Space")
    expect(page.locator("#selected")).to_have_text("1 picture selected")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("t4")


def test_trash_and_undo(page: Page, images: list[Image], log_in: Any) -> None:
    log_in(images[0].owner)
    page.goto("/?sort=title")
    page.get_by_role("button", name="Select").click()
    for number in (0, 2):
        page.locator(CARDS).nth(number).click()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("status").first).to_contain_text("Trashed 2.")
    expect(page.locator(CARDS)).to_have_count(4)
    assert page.url.endswith("/?sort=title")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("Undone: trashed 2.")
    expect(page.locator(CARDS)).to_have_count(6)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "total"), [(2, 10), (1, 14)])
def test_back_to_a_grid_that_had_grown(
    page: Page, add_image: Any, settings: Any, size: int, total: int
) -> None:
    settings.GALLERY = {"PAGE_SIZE": size}
    for seed in range(total):
        add_image(seed, title=f"t{seed}")
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto("/?sort=oldest&size=l")
    more = page.get_by_role("link", name="Show more")
    for number in range(2 * size, total + 1, size):
        more.scroll_into_view_if_needed()
        if number > 4 * size:
            more.click()
        expect(page.locator(CARDS)).to_have_count(number)
    for title in (f"t{total - 3}", "t0"):  # the second one after the grid came back
        card = page.locator(CARDS).filter(has_text=title)
        if not card.count():
            break  # a part of a very long list, from which one can go back
        card.scroll_into_view_if_needed()
        before = card.bounding_box()["y"]
        card.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.go_back()
        expect(card.locator("a")).to_be_focused()
        assert abs(card.bounding_box()["y"] - before) <= 1
