"""Shared by all tests: markers, folders of their own, photographs, and no silent skips."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

# The photographs cannot be distributed with the project, so a machine may never have them.
NO_PHOTOGRAPHS = "No photographs"

# Collecting doctests would import the models a second time, which Django's registry refuses, and
# files that belong to another project.
collect_ignore = ["outside", "testapp"]

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the database, so that they can run again on another one."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker("database")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """With REQUIRE_ALL=1, count a skipped test as failed, unless it lacks photographs."""
    report = yield
    excused = NO_PHOTOGRAPHS in str(report.longrepr)
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not excused:
        report.outcome = "failed"
        report.longrepr = f"Skipped, but REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    """Give each test a folder of its own for files."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Start each test with a full allowance of searches."""
    cache.clear()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real photographs; the test is skipped without it."""
    return _photographs("corpus")


@pytest.fixture(scope="session")
def hostile() -> Path:
    """The folder of malformed files; the test is skipped without it."""
    return _photographs("hostile")


def _photographs(name: str) -> Path:
    default = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("CORPUS_DIR", default)) / name
    if not folder.is_dir():
        if "CORPUS_DIR" in os.environ:
            pytest.fail(f"CORPUS_DIR has no folder {name!r}.")
        pytest.skip(f"{NO_PHOTOGRAPHS}: {name!r} is not in CORPUS_DIR (default: ../shared).")
    return folder
