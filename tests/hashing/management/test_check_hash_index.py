"""check_hash_index: it finds what was broken on purpose, and mends what it can."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.log_upkeep import restore
from hashing.index.process_index import index_of
from hashing.models import HashChange
from hashing.search.hamming_index import HammingIndex
from tests.hashing.changes import TABLE, add, sql, three_rows
from tests.testapp.models import Matched, Plain, Twofold

pytestmark = pytest.mark.django_db(transaction=True)

ON_TABLE = f" ON {TABLE}" if connection.vendor == "postgresql" else ""


@pytest.fixture(autouse=True)
def _mended() -> Iterator[None]:
    yield
    restore()


def checked(**options: Any) -> dict[str, list[str]]:
    """Run the command and return the findings, `kind: message`, of each model that has any."""
    out = StringIO()
    try:
        call_command("check_hash_index", json=True, stdout=out, **options)
        sound = True
    except CommandError:
        sound = False
    answer = json.loads(out.getvalue())
    assert answer["sound"] is sound
    assert "testapp.Plain" in {model["model"] for model in answer["models"]}
    return {
        model["model"]: [f"{each['kind']}: {each['message']}" for each in model["findings"]]
        for model in answer["models"]
        if model["findings"]
    }


def test_sound_log_and_index() -> None:
    three_rows()
    Twofold.objects.create()
    Matched.objects.bulk_create([Matched(phash="0" * 16, dct256="5" * 64), Matched()])
    before = list(HashChange.objects.values_list("seq", "key"))
    assert checked() == {}
    assert list(HashChange.objects.values_list("seq", "key")) == before
    assert Plain.objects.get(pk=1).phash == PerceptualHash(1)


def drop_trigger() -> None:
    sql(f"DROP TRIGGER hash_update_{TABLE}{ON_TABLE}")


def change_trigger() -> None:
    drop_trigger()
    if connection.vendor == "postgresql":
        sql(
            f"CREATE TRIGGER hash_update_{TABLE} AFTER UPDATE OF name ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION hash_log_{TABLE}()"
        )
    else:
        sql(f"CREATE TRIGGER hash_update_{TABLE} AFTER DELETE ON {TABLE} BEGIN SELECT 1; END")


def empty_log() -> None:
    HashChange.objects.filter(table_name=TABLE).delete()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (drop_trigger, "trigger: The trigger 'hash_update_testapp_plain' is missing."),
        (drop_trigger, "log: A change of 'phash' does not reach the log."),
        (change_trigger, "trigger: The trigger 'hash_update_testapp_plain' is out of date"),
        (change_trigger, "log: A change of 'phash' does not reach the log."),
        (empty_log, "trigger: The log of 'testapp_plain' has lost its first row."),
    ],
)
def test_damage_is_told_and_mended(damage: Callable[[], None], told: str) -> None:
    three_rows()
    damage()
    (found,) = checked().values()
    assert any(message.startswith(told) for message in found)
    assert checked(repair=True) == {}
    assert checked() == {}


def test_change_behind_the_back_of_the_log_is_told_and_mended() -> None:
    three_rows()
    index_of(Plain._meta.get_field("phash"), "default").current()
    drop_trigger()
    sql(f"UPDATE {TABLE} SET phash = 77 WHERE id = 2")
    assert (
        "index: The index of 'phash' differs from its column in row 2."
        in checked()["testapp.Plain"]
    )
    assert checked(repair=True) == {}
    assert [row.pk for row in Plain.objects.similar_to(PerceptualHash(77), max_distance=0)] == [2]


def test_change_of_a_wide_hash_behind_the_back_of_the_log_is_told_and_mended() -> None:
    row = Matched.objects.create(phash="0" * 16, dct256="5" * 64)
    index_of(Matched._meta.get_field("dct256"), "default").current()
    table = Matched._meta.db_table
    sql(f"DROP TRIGGER hash_update_{table}{ON_TABLE.replace(TABLE, table)}")
    Matched.objects.update(dct256=PerceptualHash(2**255, 256))
    (found,) = checked().values()
    assert f"index: The index of 'dct256' differs from its column in row {row.pk}." in found
    assert checked(repair=True) == {}


def test_change_without_a_number_is_told() -> None:
    if connection.vendor == "sqlite":
        return  # there all have one from the beginning
    three_rows()
    sql("ALTER TABLE hashing_hashchange DISABLE TRIGGER hash_change_number")
    add(4)
    found = checked()["testapp.Plain"]
    assert "log: 1 committed changes of 'testapp_plain' have no number." in found
    assert checked(repair=True) == {}


def test_hash_that_is_too_wide_is_told() -> None:
    sql("INSERT INTO testapp_twofold (name, file, cover, colorhash) VALUES ('', '', '', -1)")
    (found,) = checked().values()
    assert found == [
        "column: 'colorhash' holds more than 42 bits in "
        f"row {Twofold.objects.values_list('pk', flat=True)[0]}: run hash_images --all."
    ]


def test_index_that_finds_too_little_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    three_rows()
    nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
    monkeypatch.setattr(HammingIndex, "within", lambda *_: nothing)
    found = checked(sample=1)["testapp.Plain"]
    assert len(found) == 4
    assert all("the index of testapp_plain.phash finds 0 rows" in message for message in found)


def test_missing_column_is_told() -> None:
    sql("ALTER TABLE testapp_hashfirst RENAME COLUMN phash TO elsewhere")
    try:
        assert checked()["testapp.HashFirst"] == [
            "column: The table 'testapp_hashfirst' has no column 'phash': run migrate."
        ]
    finally:
        sql("ALTER TABLE testapp_hashfirst RENAME COLUMN elsewhere TO phash")


def test_it_says_in_sentences_what_it_has_seen() -> None:
    three_rows()
    out = StringIO()
    call_command("check_hash_index", stdout=out)
    assert "testapp.Plain: 3 rows, 4 changes in the log: all is well.\n" in out.getvalue()
    drop_trigger()
    out = StringIO()
    with pytest.raises(CommandError, match="2 problems found"):
        call_command("check_hash_index", stdout=out)
    assert "  trigger: The trigger" in out.getvalue()


def test_sample_has_to_be_a_number_of_hashes() -> None:
    with pytest.raises(CommandError, match="--sample must be at least 0, not -1"):
        call_command("check_hash_index", sample=-1)
