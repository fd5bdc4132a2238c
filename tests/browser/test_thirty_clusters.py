"""Thirty clusters reviewed and taken back: by keys, mouse and touch, and without scripts."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from gallery.models import Image, Verdict
from tests.browser.reviewing import PAGE, check_untouched, fill, wait_until_stored

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# What is decided of the cluster with this number, and what becomes of it: the quality of the JPEG
# that goes to the trash, if one does, and the verdict.
KINDS = ("accept", "not_a_duplicate", "swap", "related", "keep")
BECOMES = {
    "accept": (30, "duplicate"),
    "not_a_duplicate": (None, "not_a_duplicate"),
    "swap": (90, "duplicate"),
    "related": (None, "related"),
    "keep": (None, "related"),
}


def kind_of(cluster: Locator) -> str:
    title = cluster.locator("h3").first.inner_text()
    return KINDS[int(title.rsplit(" ", 1)[1]) % len(KINDS)]


def check_thirty() -> None:
    """Assert that each of the thirty clusters was decided as `KINDS` says."""
    verdicts = {
        verdict.first.title: verdict.kind
        for verdict in Verdict.objects.filter(is_inferred=False).select_related("first")
    }
    trashed = dict(Image.objects.trashed().values_list("title", "jpeg_quality"))
    for number in range(30):
        quality, verdict = BECOMES[KINDS[number % len(KINDS)]]
        title = f"Shot {number}"
        assert (trashed.get(title), verdicts.get(title)) == (quality, verdict), title


@pytest.mark.slow
class TestThirtyClusters:
    """The whole way through a list of thirty, and all the way back."""

    @pytest.fixture
    def context(
        self, chromium: Browser, live_server: Any, request: pytest.FixtureRequest
    ) -> Iterator[BrowserContext]:
        options = getattr(request, "param", {"viewport": {"width": 1280, "height": 800}})
        context = chromium.new_context(base_url=live_server.url, **options)
        yield context
        context.close()

    @pytest.fixture(autouse=True)
    def _thirty(self, add_image: Any, reviewer: User, log_in: Any) -> None:
        fill(add_image, 30)
        log_in(reviewer)

    BUTTONS: ClassVar = {
        "accept": "Keep it, trash the other",
        "not_a_duplicate": "Keep all: not duplicates",
        "related": "Keep all: related",
    }
    CHOICES: ClassVar = {"swap": ("Trash", "Keep"), "keep": ("Keep", "Keep")}

    def decide(self, cluster: Locator, press: str = "click") -> None:
        """Decide as `KINDS` says with the buttons of a cluster, in the way that `press` names."""
        kind = kind_of(cluster)
        for number, choice in enumerate(self.CHOICES.get(kind, ())):
            group = cluster.get_by_role("group").nth(number)
            getattr(group.get_by_text(choice, exact=True), press)()
        button = self.BUTTONS.get(kind, "Apply to these 2")
        getattr(cluster.get_by_role("button", name=button), press)()

    def test_by_mouse(self, page: Any) -> None:
        self.with_buttons(page, "click")

    @pytest.mark.parametrize("context", [PHONE], indirect=True, ids=["phone"])
    def test_by_touch_on_a_phone(self, page: Any) -> None:
        self.with_buttons(page, "tap")

    def with_buttons(self, page: Page, press: str) -> None:
        page.goto(PAGE)
        for number in range(30):
            expect(page.locator(".decided")).to_have_count(number)
            self.decide(page.locator("form.cluster.current"), press)
        wait_until_stored(page)
        expect(page.get_by_role("heading", name="No open duplicates")).to_be_focused()
        check_thirty()
        is_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(is_wide)
        for _ in range(30):
            getattr(page.locator(".outcome button").last, press)()
        wait_until_stored(page)
        check_untouched()

    @pytest.mark.parametrize(
        "context", [{"java_script_enabled": False}], indirect=True, ids=["no scripts"]
    )
    def test_without_scripts(self, page: Any, settings: Any) -> None:
        settings.GALLERY = {"CONTACT_SHEET_AFTER": 30, "CLUSTERS_PER_PAGE": 2}
        page.goto(PAGE)
        for number in range(30):
            left = 30 - number
            text = f"{left} cluster{'s' if left > 1 else ''}"
            expect(page.get_by_text(text, exact=True)).to_be_visible()
            self.decide(page.locator("form.cluster").first)
        expect(page.get_by_role("heading", name="No open duplicates")).to_be_visible()
        check_thirty()
        page.get_by_role("link", name="Recent decisions").click()
        undo = page.get_by_role("button", name="Undo: Resolved a cluster")
        expect(undo).to_have_count(30)
        undo.nth(7).click()
        expect(undo).to_have_count(29)
        page.get_by_role("link", name="Continue reviewing").click()
        for number in range(2, 31):
            page.get_by_role("button", name="Undo the last decision").click()
            expect(page.get_by_text(f"{number} clusters", exact=True)).to_be_visible()
        check_untouched()

    def test_by_keyboard_alone(self, page: Any) -> None:
        keys = {
            "accept": ["Enter"],
            "not_a_duplicate": ["n"],
            "swap": ["x", "Enter"],
            "related": ["r"],
            "keep": ["b"],
        }
        page.goto(PAGE)
        current = page.locator("form.cluster.current")
        for number in range(1, 31):
            expect(page.locator("[data-place]")).to_have_text(f"Cluster {number} of 30")
            for key in keys[kind_of(current)]:
                page.keyboard.press(key)
        wait_until_stored(page)
        expect(page.get_by_role("heading", name="No open duplicates")).to_be_focused()
        expect(page.get_by_text("You reviewed 30 clusters. 12 pictures")).to_be_visible()
        check_thirty()
        for number in range(29, -1, -1):
            page.keyboard.press("u")
            expect(page.locator(".decided")).to_have_count(number)
        wait_until_stored(page)
        expect(page.get_by_text("30 clusters")).to_be_visible()
        check_untouched()
