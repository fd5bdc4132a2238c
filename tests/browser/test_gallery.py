"""The gallery as people use it: by mouse and by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gallery.models import Image

CARDS = "#pictures > li"


def test_rows_are_justified(page: Page, add_image: Any) -> None:
    for seed in range(12):
        add_image(seed)
    page.goto("/")
    boxes = [card.bounding_box() for card in page.locator(CARDS).all()]
    first_row = [box for box in boxes if box["y"] == boxes[0]["y"]]
    assert 3 <= len(first_row) < 12
    assert len({round(box["height"]) for box in first_row}) == 1
    right = first_row[-1]["x"] + first_row[-1]["width"]
    assert abs(right - (1280 - boxes[0]["x"])) < 20  # the margins are equal, but for the scrollbar


def test_more_pictures_come_by_themselves(page: Page, add_image: Any, settings: Any) -> None:
    settings.GALLERY = {"PAGE_SIZE": 3}
    for seed in range(17):
        add_image(seed)
    page.goto("/")
    # Three times by themselves, then on demand, so that the foot of the page can be reached.
    more = page.get_by_role("link", name="Show more")
    for _ in range(6):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(150)
    expect(page.locator(CARDS)).to_have_count(12)
    more.click()
    expect(page.locator(CARDS)).to_have_count(15)
    more.click()
    expect(page.locator(CARDS)).to_have_count(17)
    expect(more).to_have_count(0)


def test_phone(page: Page, add_image: Any) -> None:
    first, second = add_image(1, tags=("sea",)), add_image(2)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    room = page.locator("#q").evaluate(
        """field => {
            const words = document.createElement("canvas").getContext("2d");
            words.font = getComputedStyle(field).font;
            const style = getComputedStyle(field);
            const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
            return field.clientWidth - padding - words.measureText(field.placeholder).width;
        }"""
    )
    assert room >= 0
    page.get_by_role("contentinfo").get_by_role("link", name="Tags").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tags")
    page.goto(f"{first.get_absolute_url()}compare/{second.public_id}/")
    for link in page.locator("table th a").all():
        assert link.bounding_box()["height"] >= 24


def test_keyboard(page: Page, add_image: Any) -> None:
    images = [add_image(seed, title=f"t{seed}") for seed in range(12)]
    page.goto("/")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert top > page.locator(CARDS).first.bounding_box()["y"] + 50
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("t11")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("t10")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("t11")
    page.keyboard.press("/")
    page.keyboard.type("t3")
    page.keyboard.press("Enter")
    expect(page.locator(CARDS)).to_have_count(1)
    page.locator(f"{CARDS} a").focus()
    page.keyboard.press("g")
    page.wait_for_url("**/")
    assert len(images) == page.locator(CARDS).count()


def test_shortcuts_are_shown_and_can_be_turned_off(page: Page, db: None) -> None:
    page.goto("/about/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Go to the gallery")).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.wait_for_timeout(200)
    assert page.url.endswith("/about/")


def test_theme(page: Page, db: None) -> None:
    page.goto("/")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(background) == "rgb(18, 20, 23)"
    page.goto("/about/")  # the server knows it too
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="System").click()
    assert page.evaluate(background) == "rgb(255, 255, 255)"


def test_trash_and_undo(page: Page, add_image: Any, log_in: Any) -> None:
    image = add_image(1, title="Dune")
    log_in(image.owner)
    page.goto(image.get_absolute_url())
    page.get_by_role("button", name="Trash").click()
    expect(page.get_by_role("status").first).to_contain_text("“Dune” is in the trash.")
    expect(page.get_by_text("No pictures yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dune")
    assert not Image.objects.get().is_trashed


def test_missing_rendition_leaves_a_tile(context: Any, add_image: Any) -> None:
    image = add_image(1)
    for name in ("originals", "renditions"):
        for path in image.file.storage.listdir(name)[0]:
            _delete_all(image.file.storage, f"{name}/{path}")
    page = context.new_page()  # the browser itself complains of the 404 on its console
    page.goto("/")
    expect(page.get_by_text("File missing")).to_be_visible()


def _delete_all(storage: Any, folder: str) -> None:
    folders, files = storage.listdir(folder)
    for name in files:
        storage.delete(f"{folder}/{name}")
    for name in folders:
        _delete_all(storage, f"{folder}/{name}")


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_sideways_scrolling(context: Any, log_in: Any, add_image: Any, width: int) -> None:
    first = add_image(1, title="A" * 100, tags=("t" * 60,))
    second = add_image(2)
    log_in(first.owner)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    base = first.get_absolute_url()
    for address in ("/", base, f"{base}?max_distance=32", f"{base}compare/{second.public_id}/",
                    f"{base}fingerprint/", f"{base}edit/", "/upload/", "/search/", "/tags/",
                    "/albums/", "/nope/", "/about/fingerprints/", "/trash/"):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
