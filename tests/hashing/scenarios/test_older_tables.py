"""Migrations there and back: the log fits the table as it is, not as the code would have it."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gallery.models import Image
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.audit import examined
from hashing.index.change_log import changes_since, tracked_models
from hashing.index.introspection import column_names, is_there
from hashing.index.process_index import index_of
from hashing.index.triggers import faults
from tests.hashing.changes import sql

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = Image._meta.db_table
FIELD = Image._meta.get_field("phash")


def migrate(*target: str) -> None:
    call_command("migrate", *target, verbosity=0)


@pytest.fixture
def rows() -> Iterator[list[int]]:
    """Keys of pictures that are there all the time."""
    Image.objects.bulk_create([Image(phash=PerceptualHash(value)) for value in (1, 2, 3)])
    yield sorted(Image.objects.values_list("pk", flat=True))
    migrate()


def held() -> dict[int, int]:
    keys, hashes = index_of(FIELD, "default").current().entries
    return dict(zip(keys.tolist(), hashes.tolist(), strict=True))


def test_older_table_is_logged_as_far_as_it_goes(rows: list[int]) -> None:
    held()
    for value, target in ((7, "0005"), (8, "0002")):
        migrate("gallery", target)
        assert faults(connection, Image) == []
        cursor = changes_since(Image, None).cursor
        sql(f"UPDATE {TABLE} SET phash = {value} WHERE id = {rows[0]}")
        assert changes_since(Image, cursor).keys.tolist() == rows[:1]
        assert held() == {rows[0]: value, rows[1]: 2, rows[2]: 3}
    with pytest.raises(CommandError, match="5 found"):
        call_command("check_hash_index", repair=True, stdout=StringIO())
    sql(f"DELETE FROM {TABLE} WHERE id = {rows[1]}")
    migrate()
    assert held() == {rows[0]: 8, rows[2]: 3}
    assert examined(Image, "default", 3).findings == []


def test_everything_can_be_taken_away_and_made_again(rows: list[int]) -> None:
    held()
    migrate("gallery", "zero")
    assert Image not in tracked_models()
    migrate("hashing", "zero")
    assert tracked_models() == []
    assert not is_there(connection, TABLE)
    migrate()
    assert "phash" in column_names(connection, TABLE)
    assert held() == {}
    Image.objects.bulk_create([Image(phash=PerceptualHash(9))])
    assert list(held().values()) == [9]
    assert examined(Image, "default", 3).findings == []
