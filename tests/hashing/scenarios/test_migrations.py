"""Migrations: none is missing, and changes of the algorithm make one."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

from hashing.fields import PerceptualHashField
from tests.testapp.models import Plain


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    call_command("makemigrations", "hashing", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


@pytest.mark.parametrize(
    "changed",
    [{"algorithm": "dhash"}, {"version": 2}, {"source": "original"}],
    ids=["algorithm", "version", "source"],
)
def test_what_changes_the_hash_of_a_picture_makes_a_migration(changed: dict[str, str]) -> None:
    before, after = ProjectState.from_apps(apps), ProjectState.from_apps(apps)
    model = ModelState.from_model(Plain)
    model.fields["phash"] = PerceptualHashField(**changed)
    after.models["testapp", "plain"] = model
    questioner = MigrationQuestioner(defaults={"ask_initial": True})
    detector = MigrationAutodetector(before, after, questioner)
    changes = detector.changes(MigrationLoader(None).graph)
    (migration,) = changes["testapp"]
    assert [type(operation).__name__ for operation in migration.operations] == ["AlterField"]
