"""What all tests share: people, pictures, folders of their own, and no quiet skips."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import Image
from gallery.uploads.details import Details
from gallery.uploads.receiving import receive
from tests.pictures import upload

# They may not be passed on with the project, so a machine may lack them for good.
NO_PHOTOGRAPHS = "No photographs"

# Models belong to Django's registry; collected for doctests they would be made a second time.
collect_ignore = ["testapp"]

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that touch the database, so that they can be run on another one."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker("database")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """With REQUIRE_ALL=1 a skipped test is a failed one, unless only photographs are lacking."""
    report = yield
    excused = NO_PHOTOGRAPHS in str(report.longrepr)
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not excused:
        report.outcome = "failed"
        report.longrepr = f"Skipped, but REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    """Keep the files of each test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """Let no test spend what another one has to spend within a minute."""
    cache.clear()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real photographs; without it the test is skipped."""
    return _photographs("corpus")


@pytest.fixture(scope="session")
def hostile() -> Path:
    """The folder of files that break galleries; without it the test is skipped."""
    return _photographs("hostile")


def _photographs(name: str) -> Path:
    default = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("CORPUS_DIR", default)) / name
    if not folder.is_dir():
        if "CORPUS_DIR" in os.environ:
            pytest.fail(f"CORPUS_DIR has no folder {name!r}.")
        pytest.skip(f"{NO_PHOTOGRAPHS}: {name!r} is not in CORPUS_DIR (default: ../shared).")
    return folder


@pytest.fixture
def ann(db: None) -> User:
    """Someone with pictures."""
    return User.objects.create_user("ann", password="ann-secret")


@pytest.fixture
def bob(db: None) -> User:
    """Someone else."""
    return User.objects.create_user("bob", password="bob-secret")


@pytest.fixture
def reviewer(db: None) -> User:
    """Someone who may review duplicates."""
    user = User.objects.create_user("rae", password="rae-secret", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="gallery").exclude(
            codename__startswith="delete"
        )
    )
    return user


@pytest.fixture
def admin(db: None) -> User:
    """Someone who may do everything."""
    return User.objects.create_superuser("root", password="root-secret")


@pytest.fixture
def add_image(ann: User) -> Callable[..., Image]:
    """A function that stores a picture as an upload does: of a seed, or of a file."""

    def add(
        content: int | SimpleUploadedFile = 1, owner: User | None = None, **details: Any
    ) -> Image:
        file = upload(content) if isinstance(content, int) else content
        outcome = receive(file, owner or ann, Details(**details))
        assert outcome.status == "stored", outcome.reason
        return outcome.image

    return add


@pytest.fixture
def page(client: Client, reviewer: User) -> Client:
    """A client by which a reviewer asks for pages."""
    client.force_login(reviewer)
    return client


@pytest.fixture
def pair(add_image: Callable[..., Image]) -> list[Image]:
    """A picture, and a copy of it that was compressed harder."""
    return [add_image(upload(1, quality=quality)) for quality in (90, 30)]


@pytest.fixture
def trio(add_image: Callable[..., Image]) -> list[Image]:
    """A picture, and two copies of it."""
    return [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]


@pytest.fixture
def sender(client: Client, ann: User) -> Client:
    """A client by which Ann sends pictures."""
    client.force_login(ann)
    return client
