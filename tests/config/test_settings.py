"""Settings from the environment, each tried in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing in the environment but `environment`."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def show(expression: str, tmp_path: Path, **environment: str) -> str:
    code = f"from django.conf import settings; print({expression})"
    done = manage("shell", "--no-imports", "-c", code, VAR_DIR=str(tmp_path), **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_production_is_ready_to_deploy(tmp_path: Path) -> None:
    done = manage(
        "check",
        "--deploy",
        "--fail-level=INFO",
        VAR_DIR=str(tmp_path),
        PROFILE="production",
        SECRET_KEY="k3" * 40 + "-x9",
        ALLOWED_HOSTS="pictures.example.org",
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.slow
def test_demonstration_is_not_installed_in_production(tmp_path: Path) -> None:
    production = {
        "PROFILE": "production",
        "SECRET_KEY": "a secret",
        "ALLOWED_HOSTS": "pictures.example.org",
    }
    assert show("'demo' in settings.INSTALLED_APPS", tmp_path) == "True"
    assert show("'demo' in settings.INSTALLED_APPS", tmp_path, **production) == "False"
    done = manage("demo", "--check", VAR_DIR=str(tmp_path), **production)
    assert done.returncode != 0
    assert "Unknown command: 'demo'" in done.stderr


def test_production_demands_its_secrets(tmp_path: Path) -> None:
    done = manage("check", VAR_DIR=str(tmp_path), PROFILE="production")
    assert done.returncode != 0
    assert "Set the SECRET_KEY environment variable" in done.stderr
    assert not (tmp_path / "secret_key").exists()


def test_unknown_profile_is_named(tmp_path: Path) -> None:
    done = manage("check", VAR_DIR=str(tmp_path), PROFILE="staging")
    assert "PROFILE must be 'local' or 'production', not 'staging'." in done.stderr


def test_local_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = show("settings.SECRET_KEY", tmp_path)
    assert len(key) == 50
    assert show("settings.SECRET_KEY", tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_defaults_are_safe(tmp_path: Path) -> None:
    assert show("settings.DEBUG", tmp_path) == "False"
    assert show("settings.ALLOWED_HOSTS", tmp_path) == "['localhost', '127.0.0.1', '[::1]']"
    assert show("settings.DATABASES['default']['NAME']", tmp_path) == str(
        tmp_path / "gallery.sqlite3"
    )
    assert show("settings.MEDIA_ROOT", tmp_path) == str(tmp_path / "media")


def test_sqlite_queues_its_writers(tmp_path: Path) -> None:
    code = (
        "from django.db import connection as c\n"
        "with c.cursor() as x: print(x.execute('PRAGMA journal_mode').fetchone()[0])\n"
        "print(c.settings_dict['OPTIONS']['transaction_mode'])"
    )
    done = manage("shell", "--no-imports", "-c", code, VAR_DIR=str(tmp_path))
    assert done.stdout.split() == ["wal", "IMMEDIATE"]


@pytest.mark.slow
def test_database_and_storage_by_environment(tmp_path: Path) -> None:
    database = show(
        "settings.DATABASES['default']['ENGINE']",
        tmp_path,
        DATABASE_URL="postgres://gallery@db.example.org/gallery",
    )
    assert database == "django.db.backends.postgresql"
    storage = show(
        "settings.STORAGES['default']",
        tmp_path,
        STORAGE_BACKEND="storages.backends.s3.S3Storage",
        STORAGE_OPTIONS='{"bucket_name": "pictures", "file_overwrite": false}',
    )
    assert "'bucket_name': 'pictures'" in storage


@pytest.mark.slow
def test_static_files_have_hashed_names_once_they_are_collected(tmp_path: Path) -> None:
    backend = "settings.STORAGES['staticfiles']['BACKEND']"
    assert "Manifest" not in show(backend, tmp_path)
    done = manage("collectstatic", "--no-input", VAR_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Manifest" in show(backend, tmp_path)
    assert "Manifest" not in show(backend, tmp_path, DEBUG="1")
    assert any((tmp_path / "static" / "gallery").rglob("base.*.css"))
