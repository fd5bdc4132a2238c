"""Many at once: everyone is answered, nothing is stored twice, no writer is turned away."""

import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import connection, transaction

from gallery.models import Image
from gallery.uploads.receiving import receive
from hashing.models import HashChange
from tests.many_at_once import all_at_once, start
from tests.pictures import encoded, photo, upload

ROOT = Path(__file__).parents[2]
PROCESSES = 8
PICTURES = 6

# What each writer process runs: uploads, a trashing and a restoring after each, one by one.
WRITER = """
import sys
import django

django.setup()
from django.contrib.auth.models import User
from gallery import library
from gallery.uploads import receive
from tests.pictures import upload

sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
owner = User.objects.get(username="ann")
for seed in map(int, sys.argv[1:]):
    outcome = receive(upload(seed), owner)
    library.trash([outcome.image], owner)
    library.restore([outcome.image], owner)
    print(outcome.status)
"""


def stored_files(media: Path, folder: str) -> list[Path]:
    return [path for path in (media / folder).rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
def test_same_file_sent_32_times_at_once_is_stored_once_an_owner(settings: Any) -> None:
    owners = [User.objects.create_user(name) for name in ("ann", "bob")]
    calls = [lambda owner=owner: receive(upload(1), owner) for owner in owners * 16]
    outcomes = all_at_once(*calls)
    assert Counter(outcome.status for outcome in outcomes) == {"stored": 2, "duplicate": 30}
    for owner, mine in zip(owners, (outcomes[::2], outcomes[1::2]), strict=True):
        image = Image.objects.get(owner=owner)
        assert {outcome.image for outcome in mine} == {image}
    media = Path(settings.MEDIA_ROOT)
    assert len(stored_files(media, "originals")) == len(stored_files(media, "renditions")) == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_processes_write_at_once(settings: Any) -> None:
    User.objects.create_user("ann")
    media = Path(settings.MEDIA_ROOT)
    # Each has pictures of its own, and one that all others send too.
    writers = [
        start(media, "-c", WRITER, "0", *map(str, range(first, first + PICTURES - 1)))
        for first in range(1, PROCESSES * PICTURES, PICTURES)
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n", writer.communicate()[1]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    answers = [writer.communicate(timeout=120) for writer in writers]
    assert [errors for _, errors in answers] == [""] * PROCESSES
    statuses = Counter(" ".join(out for out, _ in answers).split())
    alone = PROCESSES * (PICTURES - 1)
    assert statuses == {"stored": alone + 1, "duplicate": PROCESSES - 1}
    assert Image.objects.untrashed().count() == alone + 1
    assert len(stored_files(media, "originals")) == alone + 1
    logged = HashChange.objects.filter(table_name=Image._meta.db_table)
    assert set(Image.objects.values_list("pk", flat=True)) <= set(
        logged.values_list("key", flat=True)
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_folder_store_it_once(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    for seed in range(20):
        (folder / f"{seed}.jpg").write_bytes(encoded(photo(seed, (96, 64))))
    media = Path(settings.MEDIA_ROOT)
    imports = [start(media, "manage.py", "import_images", str(folder)) for _ in range(3)]
    answers = [process.communicate(timeout=120) for process in imports]
    assert [errors for _, errors in answers] == [""] * 3
    assert Image.objects.count() == len(stored_files(media, "originals")) == 20
    assert sum(int(out.split()[1].rstrip(",")) for out, _ in answers) == 20


def wait_until_someone_waits() -> None:
    """Return once a session of PostgreSQL waits for a lock; on SQLite all writers wait anyway."""
    if connection.vendor != "postgresql":
        return
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waits.")


@pytest.mark.django_db(transaction=True)
def test_a_commit_holds_the_log_while_it_waits_for_nobody() -> None:
    ann = User.objects.create_user("ann")
    errors: list[Exception] = []

    def store() -> None:
        try:
            with transaction.atomic():
                Image.objects.create()
                # Whose it is is looked up at the commit, after the log has heard of the picture.
                LogEntry.objects.create(user=ann, action_flag=CHANGE)
        except Exception as error:  # noqa: BLE001 (checked by the test)
            errors.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=store)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=ann.pk)
        other.start()
        wait_until_someone_waits()
        Image.objects.create(owner=ann)
    other.join()
    assert errors == []
    assert Image.objects.count() == 2
