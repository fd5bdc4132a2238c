"""Uploading by drop, by choice and by paste, with a row for each file."""

from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.crypto import get_random_string
from playwright.sync_api import Page, expect

from gallery.models import Image
from gallery.uploads.receiving import receive
from tests.browser.uploading import dispatch, posts
from tests.pictures import encoded, photo


@pytest.fixture
def upload_page(page: Page, log_in: Any, ann: User) -> Page:
    log_in(ann)
    page.goto("/upload/")
    return page


def test_every_row_says_what_became_of_its_file(
    context: Any, log_in: Any, ann: User, add_image: Any
) -> None:
    add_image(1, title="First")
    log_in(ann)
    page = context.new_page()  # a refusal is a 422, of which the browser itself complains
    page.goto("/upload/")
    page.get_by_label("Album").fill("Dropped")
    dispatch(
        page,
        "drop",
        new_jpg=encoded(photo(2)),
        alike_jpg=encoded(photo(1), quality=50),
        same_jpg=encoded(photo(1)),
        bad_jpg=b"no picture at all",
    )
    rows = page.locator("#queue > li")
    expect(rows).to_have_count(4)
    expect(page.locator("#batch-heading")).to_have_text("2 pictures uploaded")
    expect(rows.nth(0)).to_contain_text("No similar pictures")
    expect(rows.nth(1)).to_contain_text("It looks like:")
    expect(rows.nth(1)).to_contain_text("Same picture")
    expect(rows.nth(2)).to_contain_text("You already have exactly this file.")
    expect(rows.nth(3)).to_contain_text("This file is not a picture we can read.")
    expect(page.locator("#tally")).to_contain_text("4 of 4 done")
    expect(page.locator("#news")).to_contain_text("4 of 4 done", timeout=5000)
    expect(page.locator("#batch-heading")).to_be_focused()
    assert Image.objects.filter(albums__name="Dropped").count() == 2
    rows.nth(1).get_by_role("link", name="Compare with First").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two pictures")


def test_paste(upload_page: Page) -> None:
    dispatch(upload_page, "paste", pasted_jpg=encoded(photo(3)))
    expect(upload_page.locator("#batch-heading")).to_have_text("1 picture uploaded")


def test_choose(upload_page: Page, tmp_path: Any) -> None:
    for seed in range(5):
        (tmp_path / f"{seed}.jpg").write_bytes(encoded(photo(seed)))
    upload_page.locator("#files").set_input_files(sorted(tmp_path.glob("*.jpg")))
    expect(upload_page.locator("#batch-heading")).to_have_text("5 pictures uploaded")
    upload_page.get_by_role("link", name="View the new pictures").click()
    expect(upload_page.locator("#pictures > li")).to_have_count(5)


def test_too_large_a_file_is_not_sent(page: Page, log_in: Any, ann: User, settings: Any) -> None:
    settings.GALLERY = {"MAX_UPLOAD_BYTES": 1024}
    log_in(ann)
    page.goto("/upload/")
    dispatch(page, "drop", big_jpg=b"x" * 2000)
    expect(page.locator("#queue > li")).to_contain_text("Too large: 2 kB (limit 1 kB)")


def test_a_new_login_meanwhile(page: Page, context: Any, live_server: Any, ann: User) -> None:
    page.goto("/login/?next=/upload/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("ann-secret")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload pictures")
    token = get_random_string(32)
    context.add_cookies([{"name": "csrftoken", "value": token, "url": live_server.url}])
    dispatch(page, "drop", one_jpg=encoded(photo(1)))
    expect(page.locator("#batch-heading")).to_have_text("1 picture uploaded")


def test_refused_token_can_be_retried(context: Any, log_in: Any, ann: User) -> None:
    log_in(ann)
    page = context.new_page()  # the browser complains of the refusal
    page.goto("/upload/")
    token = {"x-csrftoken": "x" * 32}
    page.route(
        "**/upload/", lambda route: route.continue_(headers={**route.request.headers, **token})
    )
    dispatch(page, "drop", one_jpg=encoded(photo(1)))
    row = page.locator("#queue > li")
    expect(row).to_contain_text("Your session changed.")
    page.unroute("**/upload/")
    row.get_by_role("button", name="Retry").click()
    expect(page.locator("#batch-heading")).to_have_text("1 picture uploaded")


def test_no_cancelling_of_what_was_sent(upload_page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Event()

    def receive_slowly(*args: Any) -> Any:
        seen.wait(10)
        return receive(*args)

    monkeypatch.setattr("gallery.views.uploading.receive", receive_slowly)
    dispatch(upload_page, "drop", one_jpg=encoded(photo(1)))
    row = upload_page.locator("#queue > li")
    expect(row).to_contain_text("Processing…")
    expect(row.get_by_role("button", name="Cancel")).to_be_hidden()
    upload_page.get_by_role("button", name="Cancel all").click()
    expect(row).to_contain_text("Processing…")
    seen.set()
    expect(upload_page.locator("#batch-heading")).to_have_text("1 picture uploaded")


def test_restore_from_the_trash(upload_page: Page, add_image: Any) -> None:
    image = add_image(1, title="Dune")
    upload_page.goto(image.get_absolute_url())
    upload_page.get_by_role("button", name="Trash").click()
    upload_page.goto("/upload/")
    sent = posts(upload_page)
    dispatch(upload_page, "drop", same_jpg=encoded(photo(1)))
    row = upload_page.locator("#queue > li")
    expect(row).to_contain_text("in your trash")
    assert sent == []
    row.get_by_role("button", name="Restore").click()
    expect(upload_page.get_by_role("heading", level=1)).to_have_text("Dune")


def test_search_by_drop(page: Page, add_image: Any) -> None:
    add_image(1, title="Found")
    page.goto("/search/")
    dispatch(page, "drop", query_jpg=encoded(photo(1), quality=60))
    expect(page.locator("#results-heading")).to_have_text("1 picture found")
    assert Image.objects.count() == 1
