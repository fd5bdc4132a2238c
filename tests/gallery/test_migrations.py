"""No model of the site has changed without a migration."""

from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    call_command("makemigrations", "gallery", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()
