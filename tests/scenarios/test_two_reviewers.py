"""
Two reviewers at once, each in a process of their own, as two workers of a site are.

Both are sent the same moment's page. Whatever meets whatever: one of the two is done as a whole,
the other is told who did what, and nobody gets an error of the site's.
"""

import base64
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from gallery import library
from gallery.decisions import journal, reversal
from gallery.files.integrity import row_findings
from gallery.matching import follower
from gallery.models import Cluster, Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from tests.gallery.duplicates_forms import PAGE
from tests.many_at_once import start
from tests.pictures import encoded, photo, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HISTORY = f"{PAGE}history/"
ROUNDS = 4
NAMES = ("root", "rae")

# What each process runs: it sends what it is told to the real views, and tells the answer.
WORKER = """
import base64, json, sys
import django

django.setup()
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

client = Client(raise_request_exception=False, SERVER_NAME="localhost")
print("ready", flush=True)
for line in sys.stdin:
    name, address, said = json.loads(line)
    ContentType.objects.clear_cache()  # each test makes them anew
    client.force_login(User.objects.get(username=name))
    if file := said.pop("file", ""):
        said["file"] = SimpleUploadedFile("same.jpg", base64.b64decode(file), "image/jpeg")
    response = client.post(address, said, secure=True, headers={"Accept": "application/json"})
    is_json = response["Content-Type"] == "application/json"
    body = response.json() if is_json else response.content.decode()[:300]
    print(json.dumps([response.status_code, body]), flush=True)
"""

Sent = tuple[str, dict[str, Any]]
Answer = tuple[int, Any]


class Reviewers:
    """Two processes; they work for root and rae, who may do everything, or for whom is named."""

    def __init__(self, media: Path) -> None:
        self.media = media
        self.processes = [start(media, "-c", WORKER) for _ in NAMES]
        for process in self.processes:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]

    def at_once(self, *sent: Sent, names: Iterable[str] = NAMES) -> list[Answer]:
        """Let each send one, at the same time; an error of the site's fails the test."""
        for process, name, one in zip(self.processes, names, sent, strict=True):
            process.stdin.write(json.dumps([name, *one]) + "\n")
            process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for process in self.processes]
        for status, body in answers:
            assert status in (200, 201, 404, 409), (status, body)
        return [(status, body) for status, body in answers]

    def one_is_done(self, *sent: Sent) -> Any:
        """Let both send; returns the answer to who was first. The other one is told of it."""
        answers = self.at_once(*sent)
        assert sorted(status for status, _ in answers) == [200, 409], answers
        done, told = sorted(answers, key=lambda answer: answer[0])
        winner = NAMES[answers.index(done)]
        assert winner in told[1]["reason"]
        assert "just now" in told[1]["reason"]
        return done[1]

    def close(self) -> None:
        for process in self.processes:
            try:
                _, errors = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            assert "Traceback" not in errors, errors
            assert "locked" not in errors, errors


@pytest.fixture(scope="module")
def processes(django_db_setup: None, tmp_path_factory: Any) -> Iterator[Reviewers]:
    reviewers = Reviewers(tmp_path_factory.mktemp("reviewers") / "media")
    yield reviewers
    reviewers.close()


@pytest.fixture
def two(processes: Reviewers, ann: User, admin: User, settings: Any) -> Iterator[Reviewers]:
    settings.MEDIA_ROOT = processes.media
    User.objects.create_superuser("rae")
    yield processes
    # Every row has its file still.
    assert not [finding for portion in row_findings() for finding in portion]


def posted(choices: dict[Image, str]) -> Sent:
    said = {f"choice-{image.pk}": choice for image, choice in choices.items()}
    return PAGE, {**said, "as_of": journal.position()}


def kept_and_trashed(decision: int) -> None:
    """Check that a decision stands as a whole: every picture is where its effect says."""
    for picture in Decision.objects.get(pk=decision).pictures.select_related("image"):
        assert picture.image.is_trashed == (picture.effect == "trashed")


def test_overlapping_clusters(two: Reviewers, add_image: Callable[..., Image]) -> None:
    for number in range(ROUNDS):
        a, b, c = (add_image(upload(number, quality=quality)) for quality in (90, 60, 30))
        done = two.one_is_done(
            posted({a: "keep", b: "trash"}), posted({b: "keep", a: "trash", c: "trash"})
        )
        kept_and_trashed(done["decision"])
        assert Image.objects.untrashed().filter(pk__in=[a.pk, b.pk, c.pk]).exists()
    assert Decision.objects.count() == ROUNDS


def test_the_same_decision(two: Reviewers, add_image: Callable[..., Image]) -> None:
    a, b = (add_image(upload(1, quality=quality)) for quality in (90, 30))
    two.one_is_done(posted({a: "keep", b: "trash"}), posted({a: "keep", b: "trash"}))
    assert Decision.objects.count() == 1
    assert list(Image.objects.trashed()) == [b]


def test_undoing_each_others(two: Reviewers, add_image: Callable[..., Image], admin: User) -> None:
    a, b, c = (add_image(upload(1, quality=quality)) for quality in (90, 60, 30))
    rae = User.objects.get(username="rae")
    for _ in range(ROUNDS):
        made = deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae))
        assert made
        undo: Sent = (HISTORY, {"undo": made.pk})
        two.one_is_done(undo, undo)
        # Two tabs of one person are one person: the second is told the same.
        reversal.redo(made.pk, rae)
        first, second = two.at_once(undo, undo, names=("rae", "rae"))
        assert first[1]["told"] == second[1]["told"] == "Undone: kept 1, trashed 1."
        assert not Image.objects.trashed().exists()
        # While one takes back, the other decides on a picture that is concerned.
        made = deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, admin))
        assert made
        back, decided = two.at_once((HISTORY, {"undo": made.pk}), posted({a: "trash", c: "keep"}))
        assert back[0] == 200
        assert Image.objects.untrashed().filter(pk=c.pk).exists()
        assert (decided[0] == 200) == Image.objects.get(pk=a.pk).is_trashed
        for decision in Decision.objects.filter(undoes=None, undone_by=None).order_by("-pk"):
            reversal.undo(decision.pk, admin)
        assert not Image.objects.trashed().exists()
        assert not Verdict.objects.exists()


def test_deciding_while_the_kept_one_is_trashed(
    two: Reviewers, add_image: Callable[..., Image]
) -> None:
    for number in range(ROUNDS):
        a, b = (add_image(upload(number, quality=quality)) for quality in (90, 30))
        trash = reverse("gallery:trash_picture", args=[a.public_id])
        decided, trashed = two.at_once(posted({a: "keep", b: "trash"}), (trash, {}))
        assert trashed[0] == 200
        # By the rule nothing is trashed without a copy that was there at that moment.
        if decided[0] == 200:
            by_hand = Decision.objects.get(action="trash", pictures__image=a)
            assert decided[1]["decision"] < by_hand.pk
        else:
            assert "rae moved pictures to the trash just now" in decided[1]["reason"]
            assert not Image.objects.get(pk=b.pk).is_trashed


def test_restoring_what_is_being_purged(
    two: Reviewers, add_image: Callable[..., Image], admin: User
) -> None:
    for number in range(ROUNDS):
        image = add_image(number)
        library.trash([image], admin)
        image.refresh_from_db()
        restored, emptied = two.at_once(
            (reverse("gallery:restore", args=[image.public_id]), {}),
            (reverse("gallery:empty_trash"), {"until": image.trashed_at.isoformat()}),
        )
        assert emptied[0] == 200
        assert restored[0] in (200, 404)
        is_here = Image.objects.filter(pk=image.pk).exists()
        assert is_here == (emptied[1]["deleted"] == 0)
        if restored[0] == 200 and is_here:
            assert not Image.objects.get(pk=image.pk).is_trashed


def test_uploading_the_same_bytes(two: Reviewers) -> None:
    for number in range(ROUNDS):
        data = encoded(photo(number))
        sent: Sent = (reverse("gallery:upload"), {"file": b64(data)})
        answers = two.at_once(sent, sent, names=("ann", "ann"))
        results = [body["results"][0] for _, body in answers]
        assert sorted(result["status"] for result in results) == ["duplicate", "stored"]
        assert results[0]["id"] == results[1]["id"]
        assert {body["results"][0]["status"] for _, body in two.at_once(sent, sent)} == {"stored"}
    assert Image.objects.count() == 3 * ROUNDS
    follower.finish()
    assert Cluster.objects.filter(size=3, kind="bytes").count() == ROUNDS


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
