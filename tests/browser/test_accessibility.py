"""Every page against axe's rules of WCAG 2.2 AA: light and dark, wide and narrow."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from playwright.sync_api import Browser

from gallery.stages import VIEWS

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}


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
    context.close()
    assert not complaints, "\n".join(complaints)


def _complaints(page: Any, address: str) -> list[str]:
    page.goto(address)
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{address} {violation['id']}: {node['html'][:150]} {node['failureSummary'][:300]}"
        for violation in violations
        for node in violation["nodes"]
    ]
