"""System checks: what is said at the start."""

import pytest

from hashing.checks import check_logged_fields
from tests.testapp.models import Plain, PlainChild


def test_fields_of_the_models_own_table_may_be_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plain, "hash_log_also", ("name", "file"), raising=False)
    assert check_logged_fields() == []


@pytest.mark.parametrize("name", ["nme", "plainchild"])
def test_what_is_no_column_cannot_be_logged(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(PlainChild, "hash_log_also", (name,), raising=False)
    (error,) = check_logged_fields()
    assert error.id == "hashing.E005"
    assert repr(name) in error.msg
