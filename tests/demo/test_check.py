"""The check fails where copies are missed, and says which."""

import json
from typing import Any

import pytest
from django.core.management.base import CommandError

from demo import check
from tests.gallery.commands import run


@pytest.fixture(autouse=True)
def _something(add_image: Any) -> None:
    add_image(1)  # a gallery with a picture is not filled


def test_fails_where_copies_are_missed() -> None:
    with pytest.raises(CommandError, match=r"^Missed: .*-mirrored"):
        run("demo", "--check")


def test_passes_without_missed_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "demo_pictures", list)
    assert "1 pictures, 0 clusters" in run("demo", "--check")
    report = {"pictures": 1, "clusters": [], "copies": [], "missed": []}
    assert json.loads(run("demo", "--json")) == report
