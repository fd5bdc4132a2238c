"""A project of its own: what it installs, what Django writes for it, and what it meets."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.hashing.changes import sql
from tests.hashing.processes import ROOT

SETTINGS = """
import sys
from pathlib import Path
SECRET_KEY = "outside"
INSTALLED_APPS = ["hashing", "zoo"]
DATABASES = {{"default": {database!r}}}
MEDIA_ROOT = Path(__file__).parent / "media"
"""

MODELS = """
import uuid
from django.db import models
from hashing.fields import PerceptualHashField
from hashing.querysets import SimilarityQuerySet

class Animal(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    portrait = models.ImageField(upload_to="portraits")
    keeper = models.CharField(max_length=20, default="none")
    {fields}
    objects = SimilarityQuerySet.as_manager()
    hash_source = "portrait"
    hash_log_also = {also}
"""

# Whether an animal that was saved is found by all of its hash fields at the next search.
LOOK = """
from django.core.files.base import ContentFile
from hashing.fields import compared_fields
from hashing.index import faults
from django.db import connection
from tests.pictures import encoded, photo
from zoo.models import Animal
animal = Animal.objects.create(portrait=ContentFile(encoded(photo({seed})), "a.jpg"))
for field in compared_fields(Animal):
    found = Animal.objects.similar_to(photo({seed}), by=field.name, max_distance=4)
    assert animal in found, field.name
assert faults(connection, Animal) == []
print("rows", Animal.objects.count(), "unhashed", Animal.objects.unhashed().count())
"""

NAME = "outside_project"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[dict[str, object]]:
    """The settings of an empty database."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        yield {"ENGINE": place["ENGINE"], "NAME": str(tmp_path / "zoo.sqlite3")}
        return
    sql(f"CREATE DATABASE {NAME}")
    keys = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")
    yield {**{key: place[key] for key in keys}, "NAME": NAME}
    sql(f"DROP DATABASE {NAME}")


class Project:
    """A Django project in a folder, whose commands run in processes of their own."""

    def __init__(self, folder: Path, database: dict[str, object]) -> None:
        self.folder = folder
        (folder / "zoo").mkdir()
        (folder / "zoo" / "__init__.py").touch()
        (folder / "outside.py").write_text(SETTINGS.format(database=database))

    def declare(self, fields: str, also: tuple[str, ...] = ()) -> None:
        """Write the model with these hash fields."""
        (self.folder / "zoo" / "models.py").write_text(MODELS.format(fields=fields, also=also))

    def manage(self, *arguments: str) -> str:
        """Run `django-admin` in the project and return what it prints."""
        return self._run("-m", "django", *arguments)

    def look(self, seed: int) -> str:
        """Save a picture, search for it, and return how many rows there are."""
        return self._run("-c", f"import django; django.setup()\n{LOOK.format(seed=seed)}").strip()

    def _run(self, *arguments: str) -> str:
        paths = os.pathsep.join((str(self.folder), str(ROOT)))
        ended = subprocess.run(
            [sys.executable, "-W", "error", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "outside"},
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout + ended.stderr

    def evolve(self) -> str:
        """Write the migrations and run them."""
        self.manage("makemigrations", "zoo", "--noinput")
        return self.manage("migrate", "--verbosity", "0")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_project_changes_its_hash_fields_with_plain_migrations(
    tmp_path: Path, database: dict[str, object]
) -> None:
    project = Project(tmp_path, database)
    project.declare("looks = PerceptualHashField()")
    project.evolve()
    assert project.look(1) == "rows 1 unhashed 0"
    project.declare(
        "looks = PerceptualHashField()\n    wave = PerceptualHashField(algorithm='whash')",
        also=("keeper",),
    )
    warning = project.evolve()
    assert "hashing.W007" not in warning  # hashes are missing, none is wrong
    assert "1 hashed, 0 failed" in project.manage("hash_images", "--missing")
    assert project.look(2) == "rows 2 unhashed 0"
    project.declare("looks = PerceptualHashField(algorithm='dhash')")  # the other one is removed
    assert project.evolve()
    assert project.look(3) == "rows 3 unhashed 2"
    checked = project.manage("check", "--database", "default")
    assert "2 rows of zoo.Animal have hashes of 'portrait' that were not made" in checked
    assert "2 hashed, 0 failed" in project.manage("hash_images", "--missing")
    assert "hashing.W007" not in project.manage("check", "--database", "default")
    assert "all is well" in project.manage("check_hash_index")
    project.manage("migrate", "zoo", "0001", "--verbosity", "0")
    project.manage("migrate", "zoo", "zero", "--verbosity", "0")
