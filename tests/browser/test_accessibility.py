"""Every page against axe's rules of WCAG 2.2 AA: light and dark, wide and narrow."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Browser, expect

from gallery import library
from gallery.comparing.overlays import VIEWS
from tests.browser.accessibility import violations
from tests.browser.uploading import dispatch
from tests.pictures import encoded, photo


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_violations(
    chromium: Browser, live_server: Any, client: Any, add_image: Any, scheme: Any, width: int
) -> None:
    image = add_image(1, title="One", description="A picture", tags=("sea",), albums=("Summer",))
    other = add_image(2, visibility="private", tags=("sea",))
    gone = add_image(3)
    image.owner.user_permissions.add(Permission.objects.get(codename="purge_trash"))
    client.force_login(image.owner)
    client.post(f"{gone.get_absolute_url()}trash/")
    # Axe comes into the page as a script, which the site's policy rightly refuses.
    context = chromium.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
    )
    session = client.cookies["sessionid"].value
    page = context.new_page()
    complaints = _complaints(page, "/login/")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    base = image.get_absolute_url()
    beside = f"{base}compare/{other.public_id}/"
    for address in ("/", "/?q=nothing+here", f"{base}?max_distance=32", f"{base}similar/",
                    f"{base}?max_distance=0", *(f"{beside}?view={view}" for view in VIEWS),
                    f"{base}fingerprint/", f"{base}edit/", "/upload/", "/search/",
                    f"/search/?hash={image.phash}&max_distance=40", "/tags/", "/tags/sea/",
                    "/albums/", "/trash/", "/trash/empty/", gone.get_absolute_url(), "/about/",
                    "/about/fingerprints/", "/nope/"):  # fmt: skip
        complaints += _complaints(page, address)
    complaints += _complaints_of_a_selection(page)
    context.close()
    assert not complaints, "\n".join(complaints)


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_violations_while_uploading(
    chromium: Browser,
    live_server: Any,
    client: Any,
    ann: User,
    add_image: Any,
    scheme: Any,
    width: int,
) -> None:
    add_image(1, title="Here")
    library.trash([add_image(2)], ann)
    client.force_login(ann)
    context = chromium.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
    )
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto("/upload/")
    files = {f"{seed}_jpg": encoded(photo(seed)) for seed in (1, 2, 3)}
    dispatch(page, "drop", alike_jpg=encoded(photo(1), quality=50), bad_jpg=b"text", **files)
    expect(page.locator("#batch-heading")).to_have_text("2 pictures uploaded")
    complaints = _violations(page, "a batch that is done")
    page.route("**/upload/", lambda route: route.abort())
    dispatch(page, "drop", lost_jpg=encoded(photo(4)))
    expect(page.locator("#queue > li").last).to_contain_text("Trying again")
    complaints += _violations(page, "a lost connection")
    page.unroute("**/upload/")
    context.clear_cookies()
    dispatch(page, "drop", late_jpg=encoded(photo(5)))
    expect(page.get_by_role("alert")).to_contain_text("You were logged out.")
    complaints += _violations(page, "logged out")
    context.close()
    assert not complaints, "\n".join(complaints)


def _complaints(page: Any, address: str) -> list[str]:
    page.goto(address)
    return _violations(page, address)


def _complaints_of_a_selection(page: Any) -> list[str]:
    page.goto("/")
    page.get_by_role("button", name="Select").click()
    page.locator("#pictures input").first.check()
    found = _violations(page, "a selection")
    page.get_by_role("textbox", name="Tag or album").fill(" ")
    page.get_by_role("button", name="Add tag").click()
    page.get_by_role("alert").wait_for()
    return found + _violations(page, "a selection that was refused")


def _violations(page: Any, address: str) -> list[str]:
    return [
        f"{address} {violation['id']}: {node['html'][:150]} {node['failureSummary'][:300]}"
        for violation in violations(page)
        for node in violation["nodes"]
    ]
