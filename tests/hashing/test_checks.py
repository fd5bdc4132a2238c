"""System checks: what is said at the start."""

import pytest
from django.db import connection

from hashing.checks import check_logged_fields, check_tables
from tests.testapp.models import Plain, PlainChild

IS_SQLITE = connection.vendor == "sqlite"


def test_fields_of_the_models_own_table_may_be_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plain, "hash_log_also", ("name", "file"), raising=False)
    assert check_logged_fields() == []


@pytest.mark.parametrize("name", ["nme", "plainchild"])
def test_what_is_no_column_cannot_be_logged(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(PlainChild, "hash_log_also", (name,), raising=False)
    (error,) = check_logged_fields()
    assert error.id == "hashing.E005"
    assert repr(name) in error.msg


def test_table_in_an_attached_file_cannot_be_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_tables() == []
    monkeypatch.setattr(Plain._meta, "db_table", '"archive"."picture"')
    errors = check_tables()
    assert {error.id for error in errors} == ({"hashing.E006"} if IS_SQLITE else set())
