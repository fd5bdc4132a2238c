"""compare: it compares new pictures, or all of them, and says what is left."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError

from gallery import worker
from gallery.models import Image, Match, Provenance, TaskReport, WorkerLease
from gallery.worker.lease import Lease
from tests.gallery.commands import run
from tests.gallery.match_rows import add, picture
from tests.pictures import upload

AddImage = Callable[..., Image]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", ["compare", "match_pictures"])
def test_new_pictures_are_compared_and_all_on_request(command: str) -> None:
    add(picture(1, variant) for variant in range(3))
    assert run(command) == "Matches: 3. Clusters: 1.\n"
    add([picture(1, 4)])
    assert run(command) == "Matches: 6. Clusters: 1.\n"
    Match.objects.all().delete()
    assert run(command) == "Matches: 0. Clusters: 1.\n"
    assert run(command, "--all") == "Matches: 6. Clusters: 1.\n"


@pytest.mark.django_db(transaction=True)
def test_the_status_says_who_works_and_what_is_left(add_image: AddImage) -> None:
    for quality in (90, 30):
        add_image(upload(1, quality=quality))
    add([picture(1)])
    TaskReport.objects.create(name="reading files", error="The disk is full.")
    assert run("compare", "--status").splitlines() == [
        "No process works in the background.",
        "Comparing pictures: 1 left.",
        "Looking at matches: 0 left.",
        "Making close-ups: 0 left.",
        "Seeking parts: 3 left.",
        "Reading files: 1 left.",
        "  It failed last time: The disk is full.",
    ]
    assert Lease.acquire(WorkerLease.Role.SERVICE)
    assert run("compare", "--status").startswith("At work: service ")
    assert not Provenance.objects.exists()
    run("compare")
    assert Provenance.objects.count() == 2
    assert "Reading files: 0 left." in run("compare", "--status")


def test_a_service_and_a_servers_worker_are_started_with_what_they_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[object] = []
    monkeypatch.setattr(worker, "serve", lambda: started.append("service"))
    monkeypatch.setattr(worker, "work_for_server", started.append)
    run("compare", "--follow")
    run("compare", "--lease", "36eaf454-b1ef-4d06-915f-0a0ddb3f4613")
    assert list(map(str, started)) == ["service", "36eaf454-b1ef-4d06-915f-0a0ddb3f4613"]
    with pytest.raises(CommandError):
        run("compare", "--follow", "--all")
