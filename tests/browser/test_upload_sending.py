"""What lies between choosing a file and its being stored: the look for it, lost connections."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import BrowserContext, Page, expect

from gallery.models import Image
from gallery.uploads.receiving import receive
from gallery.views import uploading
from tests.browser.uploading import dispatch, posts
from tests.browser.wire import Wire
from tests.pictures import encoded, photo

HEADING = "#batch-heading"
NO_DIGESTS = "Object.defineProperty(crypto, 'subtle', { value: undefined });"


@pytest.fixture
def upload_page(context: BrowserContext, log_in: Any, ann: User) -> Page:
    """
    A page on which the browser may complain of refusals and broken connections.

    Its clock stands, so that no other try begins before a test is ready for it.
    """
    log_in(ann)
    page = context.new_page()
    page.clock.install(time="2026-01-01")
    page.goto("/upload/")
    page.clock.pause_at("2026-01-02")
    return page


def drop(page: Page, *seeds: int) -> Any:
    """Drop the photos of `seeds` and return the rows."""
    dispatch(page, "drop", **{f"photo-{seed}_jpg": encoded(photo(seed)) for seed in seeds})
    return page.locator("#queue > li")


def press(place: Any, name: str) -> None:
    place.get_by_role("button", name=name).click()


class TestHereAlready:
    def test_own_file_is_not_sent(self, page: Page, log_in: Any, ann: User, add_image: Any) -> None:
        image = add_image(1, title="Dune")
        log_in(ann)
        page.goto("/upload/")
        sent = posts(page)
        row = drop(page, 1)
        expect(row).to_contain_text("You already have exactly this file.")
        expect(page.locator(HEADING)).to_contain_text("No new pictures")
        expect(page.locator(HEADING)).to_be_focused()
        expect(page.locator("#tally")).to_contain_text("1 of 1 done · 1 already in the gallery")
        assert sent == []
        expect(row.get_by_role("link", name="Open")).to_have_attribute(
            "href", image.get_absolute_url()
        )
        press(row, "Upload anyway")
        expect(row).to_contain_text("Identical file")
        assert len(sent) == 1
        assert Image.objects.owned_by(ann).count() == 2

    def test_file_of_someone_else(
        self, page: Page, log_in: Any, ann: User, bob: User, add_image: Any
    ) -> None:
        add_image(1, owner=bob)
        log_in(ann)
        page.goto("/upload/")
        row = drop(page, 1)
        expect(row).to_contain_text("Someone else has already uploaded this exact file.")
        press(row, "Upload anyway")
        expect(page.locator(HEADING)).to_have_text("1 picture uploaded")
        assert Image.objects.owned_by(ann).count() == 1

    def test_private_file_of_someone_else_is_not_told_of(
        self, page: Page, log_in: Any, ann: User, bob: User, add_image: Any
    ) -> None:
        add_image(1, owner=bob, visibility="private")
        log_in(ann)
        page.goto("/upload/")
        row = drop(page, 1)
        expect(row).to_contain_text("Uploaded. No similar pictures.")

    def test_without_digests_the_site_finds_it(
        self, context: BrowserContext, page: Page, log_in: Any, ann: User, add_image: Any
    ) -> None:
        add_image(1)
        context.add_init_script(NO_DIGESTS)
        log_in(ann)
        page.goto("/upload/")
        sent = posts(page)
        row = drop(page, 1)
        expect(row).to_contain_text("You already have exactly this file.")
        assert len(sent) == 1
        press(row, "Upload anyway")
        expect(page.locator(HEADING)).to_have_text("1 picture uploaded")
        assert Image.objects.count() == 2

    @pytest.mark.parametrize("status", [None, 500])
    def test_lookup_that_fails_hinders_nothing(self, upload_page: Page, status: int | None) -> None:
        def fail(route: Any) -> None:
            route.fulfill(status=status) if status else route.abort()

        upload_page.route("**/lookup/*", fail)
        drop(upload_page, 1)
        expect(upload_page.locator(HEADING)).to_have_text("1 picture uploaded")


class TestConnection:
    def test_answer_that_is_lost(
        self, upload_page: Page, live_server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        go, stored = Event(), Event()

        def receive_slowly(*args: Any) -> Any:
            go.wait(20)
            try:
                return receive(*args)
            finally:
                stored.set()

        monkeypatch.setattr(uploading, "receive", receive_slowly)
        server = live_server.thread.port
        with Wire(server) as wire:
            upload_page.goto(f"http://localhost:{wire.port}/upload/")
            row = drop(upload_page, 1)
            expect(row).to_contain_text("Processing…")
            wire.cut()
            expect(row).to_contain_text("Connection lost. Trying again in")
            go.set()
            assert stored.wait(20)
            wire.mend()
            upload_page.clock.fast_forward(2_000)
            expect(row).to_contain_text("Uploaded. The first attempt had already succeeded.")
            expect(upload_page.locator(HEADING)).to_have_text("1 picture uploaded")
            upload_page.goto("about:blank")
        assert Image.objects.count() == 1

    def test_twins_in_one_batch(self, upload_page: Page) -> None:
        rows = drop(upload_page, 1)
        dispatch(upload_page, "drop", twin_jpg=encoded(photo(1)))
        expect(rows.filter(has_text="Uploaded.")).to_have_count(1)
        expect(rows.filter(has_text="You already have exactly this file.")).to_have_count(1)
        expect(upload_page.locator(HEADING)).to_have_text("1 picture uploaded")

    def test_goes_on_when_there_is_one_again(
        self, upload_page: Page, context: BrowserContext
    ) -> None:
        context.set_offline(True)
        rows = drop(upload_page, 1, 2, 3, 4)
        expect(rows.filter(has_text="Waiting for a connection…")).to_have_count(3)
        upload_page.clock.fast_forward(60_000)  # in vain: it is not for the clock
        expect(rows.filter(has_text="Waiting for a connection…")).to_have_count(3)
        context.set_offline(False)
        expect(upload_page.locator(HEADING)).to_have_text("4 pictures uploaded")

    def test_three_more_tries_then_a_button(self, upload_page: Page) -> None:
        upload_page.route("**/upload/", lambda route: route.abort())
        sent = posts(upload_page)
        row = drop(upload_page, 1)
        for tried in (1, 2, 3):
            expect(row).to_contain_text("Connection lost. Trying again in")
            assert len(sent) == tried
            with upload_page.expect_request("**/upload/"):
                upload_page.clock.fast_forward(15_000)
        expect(row).to_contain_text("Connection lost. Try again.")
        expect(upload_page.locator(HEADING)).to_have_text("Nothing uploaded yet")
        upload_page.unroute("**/upload/")
        press(row, "Retry")
        expect(upload_page.locator(HEADING)).to_have_text("1 picture uploaded")

    def test_busy_site_is_given_the_time_it_asks_for(
        self, upload_page: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploading, "_with_token", once_busy(uploading._with_token))
        sent = posts(upload_page)
        row = drop(upload_page, 1)
        expect(row).to_contain_text("The site is busy. Trying again in 40 s.")
        upload_page.clock.fast_forward(30_000)
        expect(row).to_contain_text("The site is busy.")
        assert len(sent) == 1
        upload_page.clock.fast_forward(15_000)
        # Its worker had stored it before it went: the second try stores nothing.
        expect(row).to_contain_text("Uploaded. The first attempt had already succeeded.")
        assert Image.objects.count() == 1

    def test_waiting_can_be_cancelled(
        self, upload_page: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploading, "_with_token", once_busy(uploading._with_token))
        row = drop(upload_page, 1)
        expect(row).to_contain_text("The site is busy.")
        press(row, "Cancel")
        expect(row).to_contain_text("Cancelled, but the upload may already have finished.")
        press(row, "Retry")
        expect(row).to_contain_text("Uploaded. The first attempt had already succeeded.")
        assert Image.objects.count() == 1


def once_busy(view: Callable) -> Callable:
    """Return `view` as behind a proxy that loses its first answer."""
    asked: list[HttpRequest] = []

    def answer(request: HttpRequest, *args: Any) -> HttpResponse:
        response = view(request, *args)
        if request.method == "POST":
            asked.append(request)
        lost = request.method == "POST" and len(asked) == 1
        return HttpResponse(status=503, headers={"Retry-After": "40"}) if lost else response

    return answer


def test_logged_out_in_the_middle(upload_page: Page, log_in: Any, ann: User) -> None:
    rows = drop(upload_page, 1)
    expect(upload_page.locator(HEADING)).to_have_text("1 picture uploaded")
    Session.objects.all().delete()
    sent = posts(upload_page)
    drop(upload_page, 2, 3, 4, 5, 6)
    expect(upload_page.locator("#tally")).to_contain_text("6 of 6 done · 5 failed")
    expect(rows).to_have_count(6)
    assert len(sent) <= 3  # the others were not even tried
    notice = upload_page.get_by_role("alert")
    expect(notice).to_contain_text("You were logged out.")
    expect(notice.get_by_role("link")).to_have_attribute("href", "/login/")
    log_in(ann)  # as another tab would
    press(upload_page, "Retry failed uploads")
    expect(notice).to_be_hidden()
    expect(upload_page.locator(HEADING)).to_have_text("6 pictures uploaded")
    assert Image.objects.count() == 6


class TestSummary:
    def test_leads_to_the_rows(self, page: Page, log_in: Any, ann: User, add_image: Any) -> None:
        add_image(1, title="First")
        log_in(ann)
        page.goto("/upload/")
        dispatch(page, "drop", alike_jpg=encoded(photo(1), quality=50))
        expect(page.locator(HEADING)).to_be_focused()
        expect(page.get_by_role("link", name="View the new pictures")).to_be_visible()
        page.get_by_role("link", name="Review 1 similar picture").click()
        expect(page.locator("#queue .alike a").first).to_be_focused()

    def test_leads_reviewers_to_the_duplicates(
        self, page: Page, log_in: Any, reviewer: User, add_image: Any
    ) -> None:
        add_image(1)
        add_image(2)  # with a copy of an earlier day, which is not of this batch
        Image.objects.update(created_at="2020-01-01T00:00Z")
        log_in(reviewer)
        page.goto("/upload/")
        dispatch(page, "drop", a_jpg=encoded(photo(1), quality=50), b_jpg=encoded(photo(3)))
        page.get_by_role("link", name="Review 1 duplicate").click()
        expect(page.locator("form.cluster")).to_have_count(1)
        expect(page.locator("form.cluster img")).to_have_count(2)
