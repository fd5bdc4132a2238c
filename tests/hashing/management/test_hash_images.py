"""hash_images: hashes what is stored, tells what it could not, and can be stopped."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError

from hashing.fingerprints.fingerprint import fingerprint
from hashing.management.commands import hash_images as command
from hashing.signals import picture_decoded
from tests.pictures import encoded, photo, upload
from tests.testapp.models import Based, Plain, PlainChild, Twofold

pytestmark = pytest.mark.django_db


def hash_images(*arguments: str) -> str:
    out = StringIO()
    call_command("hash_images", *arguments, stdout=out)
    return out.getvalue()


def as_json(*arguments: str) -> dict[str, Any]:
    return json.loads(hash_images(*arguments, "--json"))


def forget(*models: Any) -> None:
    for model in models:
        model._base_manager.update(phash=None)


def test_missing_hashes_are_computed_in_every_model(decoded_files: list[object]) -> None:
    rows = [model.objects.create(file=upload(1)) for model in (Plain, PlainChild, Based, Twofold)]
    kept = Plain.objects.create(file=upload(2))
    Plain.objects.create(name="without file")
    Plain.objects.exclude(pk=kept.pk).update(phash=None)
    forget(Based, Twofold)
    decoded_files.clear()
    assert hash_images("--missing").startswith("4 hashed, 0 failed, in ")
    assert len(decoded_files) == 4
    for row in rows:
        assert type(row).objects.get(pk=row.pk).phash == row.phash
    assert hash_images("--missing").startswith("0 hashed, 0 failed, in ")


def test_all_hashes_are_computed_anew() -> None:
    right, wrong = Plain.objects.create(file=upload(1)), Plain.objects.create(file=upload(2))
    Plain.objects.filter(pk=wrong.pk).update(phash="0" * 16)
    assert as_json("--missing")["hashed"] == 0
    assert as_json("--all")["hashed"] == 2
    assert Plain.objects.get(pk=wrong.pk).phash == wrong.phash
    assert Plain.objects.get(pk=right.pk).phash == right.phash


def test_rows_that_were_stored_past_the_signals_are_hashed() -> None:
    names = [default_storage.save("p.jpg", ContentFile(encoded(photo(i)))) for i in range(7)]
    Plain.objects.bulk_create([Plain(file=name) for name in names])
    assert as_json("--missing", "--batch", "3")["hashed"] == 7
    for i, row in enumerate(Plain.objects.order_by("pk")):
        assert row.phash == fingerprint(upload(i)).hashes["phash"]


def test_one_bad_file_stops_nothing_and_is_listed() -> None:
    names = ["damaged.jpg", "gone.jpg", "good.jpg"]
    default_storage.save("damaged.jpg", ContentFile(encoded(photo(1))[:500]))
    default_storage.save("good.jpg", ContentFile(encoded(photo(1))))
    damaged, gone, good = Plain.objects.bulk_create([Plain(file=name) for name in names])
    told = as_json("--missing")
    assert told["hashed"] == 1
    assert [(failed["pk"], failed["file"]) for failed in told["failed"]] == [
        (damaged.pk, "damaged.jpg"),
        (gone.pk, "gone.jpg"),
    ]
    assert told["failed"][0]["model"] == "testapp.Plain"
    assert told["failed"][0]["reason"].startswith("The file is incomplete")
    assert told["failed"][1]["reason"].startswith("The stored file cannot be read: ")
    assert Plain.objects.get(pk=good.pk).phash is not None
    lines = hash_images("--missing").splitlines()
    assert lines[0].startswith(f"testapp.Plain {damaged.pk}, damaged.jpg: The file is incomplete")
    assert lines[2].startswith("0 hashed, 2 failed, in ")


def test_storage_that_fails_stops_nothing() -> None:
    unlucky, lucky = (Plain.objects.create(file=upload(seed)) for seed in range(2))
    Plain.objects.update(phash=None)

    def describe(sender: Any, instance: Any, **_: Any) -> None:
        if instance.pk == unlucky.pk:
            raise OSError(28, "No space left on device")

    picture_decoded.connect(describe)
    try:
        told = as_json("--missing")
    finally:
        picture_decoded.disconnect(describe)
    assert told["hashed"] == 1
    (failed,) = told["failed"]
    assert failed["pk"] == unlucky.pk
    assert failed["reason"].startswith("Data derived from the file cannot be stored: [Errno 28]")
    unlucky.refresh_from_db()
    lucky.refresh_from_db()
    assert unlucky.phash is None
    assert lucky.phash is not None


def test_broken_database_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    Plain.objects.create(file=upload(1))

    def fail(*_: Any) -> None:
        raise OperationalError("the server has gone")

    monkeypatch.setattr(command, "save_rehashed", fail)
    with pytest.raises(OperationalError):
        hash_images("--all")


def test_file_that_cannot_be_read_now_keeps_its_hash() -> None:
    row = Plain.objects.create(file=upload(1))
    default_storage.delete(row.file.name)
    assert len(as_json("--all")["failed"]) == 1
    assert Plain.objects.get(pk=row.pk).phash == row.phash


def test_bad_file_leaves_the_other_file_of_its_row_alone() -> None:
    bad = SimpleUploadedFile("cover.jpg", b"no picture")
    row = Twofold.objects.create(file=upload(1), cover=bad)
    forget(Twofold)
    told = as_json("--missing")
    assert (told["hashed"], len(told["failed"])) == (1, 1)
    assert Twofold.objects.get(pk=row.pk).phash == row.phash


def test_only_the_named_model_is_hashed() -> None:
    rows = [model.objects.create(file=upload(1)) for model in (Plain, Based)]
    forget(Plain, Based)
    assert as_json("--missing", "--model", "testapp.based")["hashed"] == 1
    assert Based.objects.get(pk=rows[1].pk).phash is not None
    assert Plain.objects.get(pk=rows[0].pk).phash is None


@pytest.mark.parametrize("arguments", [[], ["--missing", "--all"]])
def test_what_to_hash_has_to_be_said(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="--missing"):
        hash_images(*arguments)


def test_unknown_model_is_refused_with_the_models_there_are() -> None:
    with pytest.raises(CommandError, match=r"must be one of: .*testapp\.Plain.*, not 'auth\.User'"):
        hash_images("--all", "--model", "auth.User")


def test_batch_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError, match=r"^--batch must be at least 1, not 0\.$"):
        hash_images("--all", "--batch", "0")


def test_no_worker_is_refused() -> None:
    with pytest.raises(CommandError, match=r"^--workers must be at least 1, not 0\.$"):
        hash_images("--all", "--workers", "0")


@pytest.mark.parametrize("workers", ["1", "3"])
def test_any_number_of_threads_ends_in_the_same_state(workers: str) -> None:
    rows = [Plain.objects.create(file=upload(seed)) for seed in range(12)]
    forget(Plain)
    assert as_json("--missing", "--workers", workers)["hashed"] == 12
    found = list(Plain.objects.order_by("pk").values_list("phash", flat=True))
    assert found == [row.phash for row in rows]


def test_progress_is_shown_on_terminals_only(capsys: pytest.CaptureFixture[str]) -> None:
    Plain.objects.create(file=upload(1))
    hash_images("--all")
    assert capsys.readouterr().err == ""
