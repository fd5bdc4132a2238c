"""Pages that show what was compared so far, and update themselves while the rest is compared."""

from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from gallery.matching import follower
from gallery.models import Closeup, Image, WorkerLease
from gallery.worker import finish
from gallery.worker.lease import Lease
from tests.browser.reviewing import PAGE
from tests.pictures import upload

POLLED = "[data-waits], .unmatched"


def test_a_picture_shows_its_copies_as_they_are_found(page: Page, pair: list[Image]) -> None:
    copy = pair[1]
    Image.objects.filter(pk=copy.pk).update(phash=None)
    # Keypoints would find the copy all the same.
    Closeup.objects.update(keypoints=b"")
    finish()
    requests: list[str] = []
    page.goto(pair[0].get_absolute_url())
    expect(page.get_by_role("heading", name="The same picture")).to_have_count(0)
    Image.objects.filter(pk=copy.pk).update(phash=copy.phash)
    page.reload()
    expect(page.get_by_text("Still comparing pictures")).to_be_visible()
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_timeout(2500)
    assert requests  # it asks, and goes on as long as there is something to wait for
    follower.finish()
    expect(page.locator(".same .neighbours > li")).to_have_count(1)
    expect(page.locator(POLLED)).to_have_count(0)
    requests.clear()
    page.wait_for_timeout(2500)
    assert not [url for url in requests if "/same/" in url]


def test_clusters_appear_while_the_reviewer_waits(
    page: Page, log_in: Any, reviewer: User, pair: list[Image]
) -> None:
    Image.objects.filter(pk=pair[1].pk).update(phash=None)
    follower.finish()
    assert Lease.acquire(WorkerLease.Role.SERVICE)
    log_in(reviewer)
    Image.objects.filter(pk=pair[1].pk).update(phash=pair[1].phash)
    page.goto(PAGE)
    expect(page.get_by_text("1 picture is not compared yet")).to_be_visible()
    expect(page.get_by_text("new clusters will appear here")).to_be_visible()
    expect(page.get_by_role("heading", name="No open duplicates")).to_be_visible()
    follower.finish()
    expect(page.get_by_role("heading", name="2 pictures")).to_be_visible()
    expect(page.get_by_role("heading", name="No open duplicates")).to_have_count(0)
    expect(page.locator(POLLED)).to_have_count(0)
    # The reviewer can go on with it by keys as with any other.
    page.keyboard.press("n")
    expect(page.locator("form.cluster.decided")).to_have_count(1)


def test_clusters_that_are_open_stay_while_others_arrive(
    page: Page, log_in: Any, reviewer: User, pair: list[Image], add_image: Any
) -> None:
    follower.finish()
    log_in(reviewer)
    others = [add_image(upload(2, quality=quality)) for quality in (90, 30)]
    Image.objects.filter(pk=others[1].pk).update(phash=None)
    follower.finish()
    Image.objects.filter(pk=others[1].pk).update(phash=others[1].phash)
    page.goto(PAGE)
    expect(page.locator("form.cluster")).to_have_count(1)
    page.get_by_role("radio", name="Trash").first.check()
    follower.finish()
    expect(page.locator(POLLED)).to_have_count(0)
    expect(page.locator("form.cluster")).to_have_count(2)
    expect(page.get_by_role("radio", name="Trash").first).to_be_checked()
