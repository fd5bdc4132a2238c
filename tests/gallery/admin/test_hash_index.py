"""The admin's page about the index of look-alikes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

from gallery.models import Image, TaskReport, WorkerLease
from gallery.worker.lease import Lease
from hashing.index.triggers import trigger_name
from tests.hashing.changes import sql

PAGE = "/admin/gallery/image/hash-index/"


class TestWhoMaySee:
    def test_anonymous_people_are_asked_to_log_in(self, client: Client, db: None) -> None:
        assert client.get(PAGE)["Location"].startswith("/admin/login/")

    def test_people_without_a_desk_are_too(self, client: Client, ann: User) -> None:
        client.force_login(ann)
        assert client.get(PAGE)["Location"].startswith("/admin/login/")

    def test_staff_need_the_permission_to_view_pictures(self, client: Client, ann: User) -> None:
        ann.is_staff = True
        ann.save()
        client.force_login(ann)
        assert client.get(PAGE).status_code == 403
        ann.user_permissions.add(Permission.objects.get(codename="view_image"))
        assert client.get(PAGE).status_code == 200

    def test_superusers_may(self, client: Client, admin: User) -> None:
        client.force_login(admin)
        assert client.get(PAGE).status_code == 200


def test_it_tells_of_every_index(
    client: Client, reviewer: User, add_image: Callable[..., Image]
) -> None:
    add_image(1)
    add_image(2)
    client.force_login(reviewer)
    response = client.get(PAGE)
    html = response.content.decode()
    assert "All triggers are in place." in html
    told = {index.label: index for index in response.context["indexes"]}
    assert told["perceptual hash"].rows == told["perceptual hash"].distinct == 2
    assert told["perceptual hash"].bytes > 2 * 8
    assert [plan.max_distance for plan in told["perceptual hash"].plans] == [0, 2, 4, 8, 10, 12, 16]
    assert "flat" in html


def test_it_is_found_from_the_list_of_pictures(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    assert PAGE in client.get("/admin/gallery/image/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_tells_what_is_wrong(client: Client, admin: User, request: Any) -> None:
    on_table = " ON gallery_image" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER {trigger_name('gallery_image', 'update')}{on_table}")
    client.force_login(admin)
    html = client.get(PAGE).content.decode()
    assert "is missing." in html
    assert "check_hash_index --repair" in html


def test_it_says_who_works_in_the_background_and_what_is_left(
    client: Client, reviewer: User, add_image: Callable[..., Image]
) -> None:
    client.force_login(reviewer)
    add_image(1)
    html = client.get(PAGE).content.decode()
    assert "No process works in the background." in html
    assert Lease.acquire(WorkerLease.Role.SERVICE)
    TaskReport.objects.create(name="reading files", remaining=7, error="The disk is full.")
    html = client.get(PAGE).content.decode()
    assert "A process is at work (service " in html
    for told in ("Reading files", "<td>7</td>", "The disk is full."):
        assert told in html
