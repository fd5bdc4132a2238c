"""Reviewing clusters in the back office, with scripts and without."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from gallery import ledger, review
from gallery.models import Decision, Image, Verdict
from tests.pictures import upload

PAGE = "/admin/gallery/image/duplicates/"
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


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


def wait_until_stored(page: Page) -> None:
    expect(page.locator("[data-unsent]:not([data-unsent='0'])")).to_have_count(0, timeout=30_000)


def choose(page: Any, title: str, choice: str) -> None:
    page.get_by_role("group", name=f"What to do with {title}").get_by_label(choice).check()


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
    expect(told.filter(has_text="one picture at least has to stay")).to_be_visible()
    assert Image.objects.untrashed().count() == 3
    assert all("409 (Conflict)" in complaint for complaint in complaints)
    complaints.clear()


def list_selected(page: Any, button: str) -> None:
    page.goto(PAGE)
    page.get_by_label("Select this cluster").first.check()
    page.get_by_text("Many at once").click()
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("button", name="Apply to 1 cluster")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
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
    ledger.undo(review.decide({first: "keep", second: "trash"}, reviewer).pk, reviewer)
    review.decide({first: "keep", third: "keep"}, reviewer)
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
        lambda: (page.goto(PAGE), page.get_by_role("button", name="What would happen?").click()),
        lambda: list_selected(page, "the selected…"),
        lambda: list_selected(page, "Not duplicates: the selected…"),
    ):
        act()
        page.wait_for_load_state()
        # What the stock admin draws around the page is Django's.
        found += Axe().run(page, ".duplicates", OPTIONS).response["violations"]
        is_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(is_wide), page.url
    context.close()
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []


def fill(add_image: Any, count: int) -> None:
    for seed in range(count):
        for quality in (90, 30):
            add_image(upload(seed, f"{seed} {quality}.jpg", quality=quality), title=f"Shot {seed}")


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


def check_untouched(pictures: int = 60) -> None:
    assert Image.objects.untrashed().count() == pictures
    assert not Verdict.objects.exists()


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
        page.get_by_role("link", name="Look them over").click()
        undo = page.get_by_role("button", name="Undo: Resolved a cluster")
        expect(undo).to_have_count(30)
        undo.nth(7).click()
        expect(undo).to_have_count(29)
        page.get_by_role("link", name="Go on").click()
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
        expect(page.get_by_text("You reviewed 30 clusters: 12 pictures")).to_be_visible()
        check_thirty()
        for number in range(29, -1, -1):
            page.keyboard.press("u")
            expect(page.locator(".decided")).to_have_count(number)
        wait_until_stored(page)
        expect(page.get_by_text("30 clusters")).to_be_visible()
        check_untouched()


class TestBehindTheScene:
    """What is sent while the next cluster is shown, and comes back if it is refused."""

    @pytest.fixture
    def context(self, chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 800}
        )
        yield context
        context.close()

    @pytest.fixture(autouse=True)
    def _three(self, add_image: Any, reviewer: User, log_in: Any, page: Page) -> None:
        fill(add_image, 3)
        log_in(reviewer)
        page.goto(PAGE)
        expect(page.locator("form.cluster.current")).to_have_count(1)

    def refused(self, page: Page, complaints: list[str], status: str) -> Locator:
        """Return the only cluster that came back; the console's word on `status` is expected."""
        back = page.locator("form.cluster", has=page.locator(".refusal"))
        expect(back).to_have_count(1)
        expect(back).not_to_have_class(re.compile("decided"))
        assert complaints
        assert all(status in complaint for complaint in complaints)
        complaints.clear()
        return back

    def test_conflict_comes_back_with_who_did_what(
        self, page: Page, admin: User, complaints: list[str]
    ) -> None:
        first = page.locator("form.cluster").first
        names = [one.get_attribute("name") for one in first.locator("[value=keep]").all()]
        keys = [int(name.removeprefix("choice-")) for name in names]
        review.decide(dict(zip(keys, ("trash", "keep"), strict=True)), admin)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        wait_until_stored(page)
        told = "root resolved a cluster just now: kept 1, trashed 1."
        expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
        expect(self.refused(page, complaints, "409")).to_contain_text(told)
        expect(page.locator("form.cluster").nth(2).locator("h2")).to_be_focused()
        page.get_by_role("button", name="Show it").click()
        expect(first.locator("h2")).to_be_focused()
        assert list(Image.objects.trashed().values_list("pk", flat=True))[-1] == keys[0]

    def test_whoever_is_logged_out_loses_nothing(
        self, page: Page, context: BrowserContext, log_in: Any, reviewer: User
    ) -> None:
        context.clear_cookies(name="sessionid")
        page.keyboard.press("x")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="You were logged out")).to_be_visible()
        back = page.locator("form.cluster").first
        expect(back.get_by_label("Trash").first).to_be_checked()
        assert not Image.objects.trashed().exists()
        log_in(reviewer)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".stored")).to_have_count(1)
        assert Image.objects.trashed().get().jpeg_quality == 90

    def test_lost_connection_is_waited_for(
        self, page: Page, context: BrowserContext, complaints: list[str]
    ) -> None:
        context.set_offline(True)
        page.keyboard.press("Enter")
        page.keyboard.press("n")
        expect(page.locator(".outcome").first).to_contain_text("Trying again")
        expect(page.locator("form.cluster").nth(2).locator("h2")).to_be_focused()
        context.set_offline(False)
        wait_until_stored(page)
        assert (Image.objects.trashed().count(), Verdict.objects.count()) == (1, 2)
        complaints.clear()

    def test_connection_that_stays_lost_brings_everything_back(
        self, page: Page, context: BrowserContext, complaints: list[str]
    ) -> None:
        page.clock.install()
        context.set_offline(True)
        page.keyboard.press("Enter")
        page.keyboard.press("n")
        for seconds in (1, 3, 9):
            told = f"The connection was lost. Trying again in {seconds} s."
            expect(page.locator(".outcome").first).to_contain_text(told)
            page.clock.fast_forward(10_000)
        alert = page.get_by_role("alert").filter(has_text="2 decisions were not stored.")
        expect(alert).to_be_visible()
        expect(page.locator(".decided")).to_have_count(0)
        context.set_offline(False)
        alert.get_by_role("button", name="Try again").click()
        expect(page.locator(".stored")).to_have_count(2)
        assert (Image.objects.trashed().count(), Verdict.objects.count()) == (1, 2)
        complaints.clear()

    def test_lost_answer_does_no_harm(self, page: Page, complaints: list[str]) -> None:
        answers: list[int] = []

        def lose_the_first(route: Any) -> None:
            if route.request.method != "POST":
                return route.continue_()
            answer = route.fetch()  # the site has stored it
            answers.append(answer.status)
            return route.abort() if len(answers) == 1 else route.fulfill(response=answer)

        page.route(f"**{PAGE}*", lose_the_first)
        page.keyboard.press("Enter")
        expect(page.locator(".stored")).to_have_count(1)
        assert answers == [200, 200]
        assert Decision.objects.count() == 1
        complaints.clear()

    def test_undo_of_what_is_still_under_way(self, page: Page) -> None:
        held, is_open = [], []
        page.route(f"**{PAGE}*", lambda r: r.continue_() if is_open else held.append(r))
        page.keyboard.press("Enter")
        page.keyboard.press("n")
        expect(page.locator(".decided")).to_have_count(2)
        page.keyboard.press("u")
        page.keyboard.press("u")
        expect(page.locator(".decided")).to_have_count(0)
        expect(page.locator("form.cluster").first.locator("h2")).to_be_focused()
        is_open.append(True)
        for route in held:
            route.continue_()
        wait_until_stored(page)
        check_untouched(6)
        assert Decision.objects.count() == 2  # the second was never sent
        page.keyboard.press("Enter")
        expect(page.locator(".stored")).to_have_count(1)
        assert Image.objects.trashed().count() == 1

    def test_part_of_a_cluster_is_asked_about_again(self, page: Page, add_image: Any) -> None:
        for quality in (90, 60, 30):
            add_image(upload(9, f"{quality}.jpg", quality=quality), title=f"Trio {quality}")
        page.goto(f"{PAGE}?min_size=2&sort=size")
        choose(page, "Trio 90", "Keep")
        choose(page, "Trio 60", "Trash")
        page.keyboard.press("Enter")
        rest = page.locator("form.cluster", has_text="Trio 30").and_(
            page.locator("form.cluster:not(.decided)")
        )
        expect(rest.get_by_role("heading", name="2 pictures")).to_be_visible()
        page.keyboard.press("u")
        expect(rest.get_by_role("heading", name="3 pictures")).to_be_focused()
        wait_until_stored(page)
        check_untouched(9)

    def test_contact_sheet_is_offered(self, page: Page, settings: Any) -> None:
        settings.GALLERY = {"CONTACT_SHEET_AFTER": 2}
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        offer = page.get_by_role("status").filter(has_text="Time to look back")
        expect(offer).to_be_visible()
        expect(page.locator("form.cluster").nth(2).locator("h2")).to_be_focused()
        wait_until_stored(page)
        page.keyboard.press("l")
        expect(page.get_by_role("heading", name="The last decisions")).to_be_visible()
        page.get_by_role("button", name="Undo: Resolved a cluster").first.click()
        expect(page.get_by_text("Taken back: kept 1, trashed 1.")).to_be_visible()
        expect(page.get_by_role("button", name="Decide so again")).to_have_count(2)
        page.get_by_role("link", name="Go on").click()
        expect(page.locator("form.cluster")).to_have_count(2)

    def test_going_away_is_warned_of_and_loses_nothing(self, page: Page) -> None:
        held: list[Any] = []
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.route(
            f"**{PAGE}*",
            lambda route: (
                held.append(route)
                if not held and route.request.method == "POST"
                else route.continue_()
            ),
        )
        page.locator("form.cluster").nth(1).get_by_label("Trash").first.check()
        page.locator("form.cluster").first.locator("h2").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("n")
        expect(page.locator("#clusters")).to_have_attribute("data-unsent", "1")
        page.goto("/")
        assert asked == ["beforeunload"]


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
        dialog.get_by_label("Single keys work").uncheck()
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
        page.get_by_text("Suggestion", exact=True).click()
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
    page.get_by_role("button", name="What would happen?").click()
    expect(page.get_by_role("heading", name="Trash: Second")).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    expect_told(page, "Kept 1, trashed 1.")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect_told(page, "Taken back: kept 1, trashed 1.")
    page.get_by_role("button", name="Keep it, trash the other 2").click()
    expect_told(page, "Kept 1, trashed 2.")
    page.get_by_role("link", name="All decisions").click()
    page.get_by_role("button", name="Undo: Resolved a cluster: kept 1, trashed 2").click()
    expect_told(page, "Taken back: kept 1, trashed 2.")
    assert not Image.objects.trashed().exists()
    page.get_by_role(
        "button", name="Decide so again: Resolved a cluster: kept 1, trashed 2"
    ).click()
    expect_told(page, "Decided so again")
    assert Image.objects.trashed().count() == 2


def test_enter_in_a_choice_applies_the_choices(
    page: Any, log_in: Any, reviewer: User, trio: list[Image]
) -> None:
    log_in(reviewer)
    page.goto(PAGE)
    choose(page, "First", "Not a duplicate")
    group = page.get_by_role("group", name="What to do with First")
    group.get_by_label("Not a duplicate").press("Enter")
    expect_told(page, "Called no duplicate 1.")
    assert not Image.objects.trashed().exists()
