"""What is sent while the next cluster is shown, and comes back if it cannot be stored."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Locator, Page, expect

from gallery.models import Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from tests.browser.reviewing import PAGE, check_untouched, choose, fill, wait_until_stored
from tests.pictures import upload


@pytest.fixture(autouse=True)
def _three(add_image: Any, reviewer: User, log_in: Any, page: Page) -> None:
    fill(add_image, 3)
    log_in(reviewer)
    page.goto(PAGE)
    expect(page.locator("form.cluster.current")).to_have_count(1)


def refused(page: Page, complaints: list[str], status: str) -> Locator:
    """Return the only cluster that came back; the console's word on `status` is expected."""
    back = page.locator("form.cluster", has=page.locator(".refusal"))
    expect(back).to_have_count(1)
    expect(back).not_to_have_class(re.compile("decided"))
    assert complaints
    assert all(status in complaint for complaint in complaints)
    complaints.clear()
    return back


def test_conflict_comes_back_with_who_did_what(
    page: Page, admin: User, complaints: list[str]
) -> None:
    first = page.locator("form.cluster").first
    names = [one.get_attribute("name") for one in first.locator("[value=keep]").all()]
    keys = [int(name.removeprefix("choice-")) for name in names]
    deciding.decide(DecisionRequest(dict(zip(keys, ("trash", "keep"), strict=True)), admin))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    wait_until_stored(page)
    told = "root resolved a cluster just now: kept 1, trashed 1."
    expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    expect(refused(page, complaints, "409")).to_contain_text(told)
    expect(page.locator("form.cluster").nth(2).locator("h2")).to_be_focused()
    page.get_by_role("button", name="Show it").click()
    expect(first.locator("h2")).to_be_focused()
    assert list(Image.objects.trashed().values_list("pk", flat=True))[-1] == keys[0]


def test_whoever_is_logged_out_loses_nothing(
    page: Page, context: BrowserContext, log_in: Any, reviewer: User, complaints: list[str]
) -> None:
    context.clear_cookies(name="sessionid")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="You were logged out")).to_be_visible()
    assert all("401" in complaint for complaint in complaints)
    complaints.clear()
    back = page.locator("form.cluster").first
    expect(back.get_by_label("Trash").first).to_be_checked()
    assert not Image.objects.trashed().exists()
    log_in(reviewer)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".stored")).to_have_count(1)
    assert Image.objects.trashed().get().jpeg_quality == 90


def test_lost_connection_is_waited_for(
    page: Page, context: BrowserContext, complaints: list[str]
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
    page: Page, context: BrowserContext, complaints: list[str]
) -> None:
    page.clock.install()
    context.set_offline(True)
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    for seconds in (1, 3, 9):
        told = f"The connection was lost. Trying again in {seconds} s."
        expect(page.locator(".outcome").first).to_contain_text(told)
        page.clock.fast_forward(10_000)
    alert = page.get_by_role("alert").filter(has_text="2 decisions were not saved.")
    expect(alert).to_be_visible()
    expect(page.locator(".decided")).to_have_count(0)
    context.set_offline(False)
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator(".stored")).to_have_count(2)
    assert (Image.objects.trashed().count(), Verdict.objects.count()) == (1, 2)
    complaints.clear()


def test_lost_answer_does_no_harm(page: Page, complaints: list[str]) -> None:
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


def test_undo_of_what_is_still_under_way(page: Page) -> None:
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


def test_part_of_a_cluster_is_asked_about_again(page: Page, add_image: Any) -> None:
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


def test_contact_sheet_is_offered(page: Page, settings: Any) -> None:
    settings.GALLERY = {"CONTACT_SHEET_AFTER": 2}
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    offer = page.get_by_role("status").filter(has_text="decisions made")
    expect(offer).to_be_visible()
    expect(page.locator("form.cluster").nth(2).locator("h2")).to_be_focused()
    wait_until_stored(page)
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="Recent decisions")).to_be_visible()
    page.get_by_role("button", name="Undo: Resolved a cluster").first.click()
    expect(page.get_by_text("Undone: kept 1, trashed 1.")).to_be_visible()
    expect(page.get_by_role("button", name="Redo")).to_have_count(2)
    page.get_by_role("link", name="Continue reviewing").click()
    expect(page.locator("form.cluster")).to_have_count(2)


def test_going_away_is_warned_of_and_loses_nothing(page: Page) -> None:
    asked: list[str] = []
    held: list[Any] = []

    def hold_the_first(route: Any) -> None:
        if held or route.request.method != "POST":
            route.continue_()
        else:
            held.append(route)

    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route(f"**{PAGE}*", hold_the_first)
    page.keyboard.press("n")
    page.keyboard.press("r")
    expect(page.locator("#clusters")).to_have_attribute("data-unsent", "2")
    page.goto("/about/")
    assert asked == ["beforeunload"]
    for _ in range(100):  # what is sent on leaving arrives after it
        if Verdict.objects.count() == 2:
            break
        page.wait_for_timeout(100)
    assert set(Verdict.objects.values_list("kind", flat=True)) == {"not_a_duplicate", "related"}
