"""
Settings of a project that uses `hashing` alone, without the gallery.

Importing any part of the site fails under these settings, so the tests of `hashing` prove that it
does without: `bin/test tests/hashing --ds=tests.hashing.settings`.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import environ

SITE = {"config", "demo", "gallery"}


class WithoutSite(MetaPathFinder):
    """An import hook that makes the packages of the site look as if they were not installed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        if name.partition(".")[0] in SITE:
            raise ModuleNotFoundError(f"The tests of hashing do without {name!r}.", name=name)


sys.meta_path.insert(0, WithoutSite())

env = environ.Env()
ROOT = Path(__file__).parents[2]
VAR_DIR = Path(env.str("VAR_DIR", str(ROOT / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

INSTALLED_APPS = ["hashing", "tests.testapp"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "only for tests"
USE_TZ = True
HASHING: dict[str, Any] = {}

LOCAL_DATABASE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(VAR_DIR / "hashing.sqlite3"),
    # A file, because other processes open it too.
    "TEST": {"NAME": str(VAR_DIR / "test-hashing.sqlite3")},
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL") if "DATABASE_URL" in env else LOCAL_DATABASE
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
