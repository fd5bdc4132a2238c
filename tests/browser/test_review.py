"""Reviewing clusters in the back office, with scripts and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gallery.decisions import reversal
from gallery.models import Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from tests.browser.accessibility import violations
from tests.browser.reviewing import PAGE, choose, fill, wait_until_stored
from tests.pictures import upload

# What is smaller than 24 pixels a side and stands in no sentence, a label counted with its field.
SMALL_TARGETS = """
[...document.querySelectorAll(".duplicates :is(a, button, input, select, summary)")]
  .filter((one) => one.getClientRects().length)
  .filter((one) => !one.closest(".visually-hidden, p:not(.pace) > a"))
  .map((one) => one.closest("label") ?? one)
  .filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 24)
  .map((one) => one.outerHTML.slice(0, 100))
"""


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


def expect_told(page: Page, text: str) -> None:
    """Expect that what was done is told, by the script or by a page that was loaded anew."""
    told = page.locator(".outcome, .messagelist").filter(has_text=text)
    expect(told.or_(page.locator("#said").filter(has_text=text)).first).to_be_attached()
    wait_until_stored(page)


def test_cluster_is_decided_picture_by_picture(
    page: Any, log_in: Any, reviewer: User, trio: list[Image]
) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    expect(page.get_by_role("heading", name="3 pictures")).to_be_visible()
    choose(page, "First", "Keep")
    choose(page, "Second", "Trash")
    page.get_by_role("button", name="Apply to these 3").click()
    expect_told(page, "Kept 1, trashed 1.")
    expect(page.get_by_role("heading", name="2 pictures")).to_be_visible()

    choose(page, "Third", "Not a duplicate")
    page.get_by_role("button", name="Apply to these 2").click()
    expect(page.get_by_role("heading", name="No open duplicates")).to_be_visible()
    assert [image.title for image in Image.objects.trashed()] == ["Second"]
    assert sorted(Verdict.objects.filter(is_inferred=False).values_list("kind", flat=True)) == [
        "duplicate",
        "not_a_duplicate",
    ]


def test_all_cannot_be_trashed(
    page: Any, log_in: Any, reviewer: User, trio: list[Image], complaints: list[str]
) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    for image in trio:
        choose(page, image.title, "Trash")
    page.get_by_role("button", name="Apply to these 3").click()
    told = page.locator(".refusal, .messagelist")
    expect(told.filter(has_text="at least one picture must be kept")).to_be_visible()
    assert Image.objects.untrashed().count() == 3
    assert all("409 (Conflict)" in complaint for complaint in complaints)
    complaints.clear()


def list_selected(page: Any, button: str) -> None:
    page.goto(PAGE)
    page.get_by_label("Select this cluster").first.check()
    page.get_by_text("Bulk actions").click()
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("button", name="Apply to 1 cluster")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(
    chromium: Browser,
    live_server: Any,
    client: Any,
    reviewer: User,
    trio: list[Image],
    scheme: Any,
    width: int,
) -> None:
    client.force_login(reviewer)
    first, second, third = (image.pk for image in trio)
    reversal.undo(
        deciding.decide(DecisionRequest({first: "keep", second: "trash"}, reviewer)).pk, reviewer
    )
    deciding.decide(DecisionRequest({first: "keep", third: "keep"}, reviewer))
    context = chromium.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        bypass_csp=True,
        viewport={"width": width, "height": 800},
    )
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    found = []
    for act in (
        lambda: page.goto(PAGE),
        lambda: page.keyboard.press("?"),
        lambda: page.goto(f"{PAGE}history/"),
        lambda: page.goto(f"{PAGE}contact-sheet/"),
        lambda: (page.goto(PAGE), page.get_by_role("button", name="Preview").click()),
        lambda: list_selected(page, "Accept suggestions: selected…"),
        lambda: list_selected(page, "Mark selected as not duplicates…"),
    ):
        act()
        page.wait_for_load_state()
        # What the stock admin draws around the page is Django's.
        found += violations(page, ".duplicates")
        is_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(is_wide), page.url
        assert page.evaluate(SMALL_TARGETS) == [], page.url
    context.close()
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []


class TestKeys:
    """With scripts, the page can be driven by keys alone."""

    @pytest.fixture
    def context(self, chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 800}
        )
        yield context
        context.close()

    def test_choices_by_number_and_place_kept(
        self, page: Any, log_in: Any, reviewer: User, add_image: Any
    ) -> None:
        fill(add_image, 3)
        log_in(reviewer)
        page.goto(PAGE)
        page.keyboard.press("j")
        clusters = page.locator("form.cluster")
        expect(clusters.nth(1)).to_have_class("cluster current")
        for key in ("1", "1", "2", "Enter"):
            page.keyboard.press(key)
        wait_until_stored(page)
        assert list(Image.objects.trashed().values_list("jpeg_quality", flat=True)) == [90]
        expect(clusters.nth(2)).to_have_class("cluster current")
        expect(clusters.nth(2).locator("h2")).to_be_focused()
        expect(page.locator("#said")).to_have_text("Kept 1, trashed 1. Cluster 3 of 3.")
        page.keyboard.press("p")
        page.get_by_role("link", name="Cancel").click()
        expect(clusters.nth(1).locator("h2")).to_be_focused()

    def test_help_is_made_of_what_is_bound(
        self, page: Any, log_in: Any, reviewer: User, add_image: Any
    ) -> None:
        fill(add_image, 1)
        log_in(reviewer)
        page.goto(PAGE)
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(dialog.get_by_text("Keep all: not duplicates")).to_be_visible()
        dialog.get_by_label("Use single-key shortcuts").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        page.wait_for_timeout(100)
        assert not Verdict.objects.exists()

    def test_letters_in_fields_are_letters(
        self, page: Any, log_in: Any, reviewer: User, add_image: Any
    ) -> None:
        fill(add_image, 1)
        log_in(reviewer)
        page.goto(PAGE)
        page.get_by_text("Suggestions", exact=True).click()
        page.get_by_label("album or owner").press_sequentially("nursery")
        expect(page.get_by_label("album or owner")).to_have_value("nursery")
        assert not Verdict.objects.exists()


def test_suggestion_preview_undo_and_history(
    page: Any, log_in: Any, reviewer: User, trio: list[Image]
) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    choose(page, "First", "Keep")
    choose(page, "Second", "Trash")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Trash: Second")).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect_told(page, "Kept 1, trashed 1.")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect_told(page, "Undone: kept 1, trashed 1.")
    page.get_by_role("button", name="Keep it, trash the other 2").click()
    expect_told(page, "Kept 1, trashed 2.")
    page.get_by_role("link", name="Decisions", exact=True).click()
    page.get_by_role("button", name="Undo: Resolved a cluster: kept 1, trashed 2").click()
    expect_told(page, "Undone: kept 1, trashed 2.")
    assert not Image.objects.trashed().exists()
    page.get_by_role("button", name="Redo: Resolved a cluster: kept 1, trashed 2").click()
    expect_told(page, "Redone")
    assert Image.objects.trashed().count() == 2


def test_enter_in_a_choice_applies_the_choices(
    page: Any, log_in: Any, reviewer: User, trio: list[Image]
) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    choose(page, "First", "Not a duplicate")
    group = page.get_by_role("group", name="What to do with First")
    group.get_by_label("Not a duplicate").press("Enter")
    expect_told(page, "1 marked as not a duplicate.")
    assert not Image.objects.trashed().exists()


@pytest.mark.slow
def test_large_cluster_is_decided_whole(
    page: Any, log_in: Any, reviewer: User, add_image: Any
) -> None:
    for quality in range(20, 90, 5):
        add_image(upload(1, quality=quality), title=f"Quality {quality}")
    log_in(reviewer)
    page.goto(PAGE)
    page.get_by_role("button", name="Keep it, trash the other 13…").click()
    expect(page.get_by_text("Keep 1, trash 13 (")).to_be_visible()
    expect(page.get_by_role("button", name="Apply", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect_told(page, "Kept 1, trashed 13.")
    page.get_by_role("button", name="Undo the last decision").click()
    expect_told(page, "Undone: kept 1, trashed 13.")
    page.get_by_role("button", name="Keep all 14: not duplicates…").click()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect_told(page, "14 marked as not duplicates.")
    assert not Image.objects.trashed().exists()
