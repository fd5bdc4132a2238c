"""Whoever asks for a page changes nothing: no GET request writes to the database."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gallery.matching import follower
from gallery.models import Album, Decision, Image, PendingMatch, Provenance, Tag, Verdict
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from tests.gallery.match_rows import add, picture
from tests.pictures import upload

AddImage = Callable[..., Image]

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Pages with filters and views, asked for in addition to the plain pages.
FILTERED = (
    *("/?q=photo", "/?sort=oldest", "/search/?hash=81d07fffe0611a85", "/i/{id}/?from=/tags/sea/"),
    *("/i/{id}/?max_distance=20&all=1", "/i/{id}/same/?shown=0", "/i/{id}/same/?shown=1"),
    *(f"/admin/gallery/image/duplicates/?{query}" for query in ("kind=near", "cluster={pk}")),
)


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield every address pattern of the site."""
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address
        else:
            yield from patterns(pattern, address)


def addresses(first: Image, second: Image, decision: Decision) -> list[str]:
    """Return an address for every pattern, and for each model that the admin lists."""
    values = {
        "public_id": first.public_id,
        "other_id": second.public_id,
        "slug": "sea",
        "number": decision.pk,
        "size": 320,
        "content_type_id": ContentType.objects.get_for_model(Image).pk,
        "id": first.owner_id,
    }
    keys = {"user": first.owner_id, "group": 1, "verdict": Verdict.objects.earliest("pk").pk}

    def filled(address: str) -> str:
        model = re.match(r"admin/\w+/(\w+)/", address)
        key = keys.get(model[1] if model else "", first.pk)
        return PARAMETER.sub(lambda found: str({**values, "object_id": key}[found[1]]), address)

    plain = [address for address in patterns(get_resolver()) if "^" not in address]
    plain = [address for address in plain if "(?P" not in address]
    return [f"/{filled(address)}" for address in plain] + ["/admin/gallery/", "/nothing-here/"]


def asked(client: Client, address: str, **headers: str) -> tuple[int, list[str]]:
    """Return the status of a page, and the statements that wrote something while it was made."""
    written = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if WRITES.match(sql):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        response = client.get(address, headers=headers)
        if response.streaming:
            b"".join(response.streaming_content)
    response.close()
    return response.status_code, written


@pytest.fixture
def backlog(add_image: AddImage, reviewer: User) -> tuple[Image, Image, Decision]:
    """Pictures that are compared, some of them decided, and pictures that are still waiting."""
    first, second = add_image(1), add_image(upload(1, quality=30))
    decided = [add_image(upload(2, quality=quality)) for quality in (90, 30)]
    decision = deciding.decide(
        DecisionRequest({image.pk: "not_a_duplicate" for image in decided}, reviewer)
    )
    Tag.objects.create(pk=first.pk, name="Sea", slug="sea").images.add(first)
    Album.objects.create(pk=first.pk, name="Sea", slug="sea").images.add(first)
    follower.finish()
    add(picture(3, variant, visibility="public") for variant in range(3))
    return first, second, decision


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["visitor", "owner", "reviewer", "admin"])
def test_no_page_writes(
    role: str, backlog: tuple[Image, Image, Decision], request: pytest.FixtureRequest
) -> None:
    first, second, decision = backlog
    client = Client(raise_request_exception=False)
    name = {"owner": "ann", "reviewer": "reviewer", "admin": "admin"}.get(role)
    if name:
        client.force_login(request.getfixturevalue(name))
    before = PendingMatch.objects.count(), Provenance.objects.count()
    plain = addresses(first, second, decision)
    filtered = [address.format(pk=first.pk, id=first.public_id) for address in FILTERED]
    statuses = []
    for address in plain + filtered:
        for headers in ({}, {"hx-request": "true"}):
            status, written = asked(client, address, **headers)
            assert not written, (address, written)
            assert status < 500, address
            statuses.append(status)
    assert follower.is_behind()
    assert before == (PendingMatch.objects.count(), Provenance.objects.count())
    # Most addresses were right: a page that cannot be found writes nothing either.
    assert statuses.count(200) >= {"admin": 100, "reviewer": 80}.get(role, 50)
