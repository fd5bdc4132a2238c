"""Hash columns in bulk: the same as row by row, in portions of any size."""

import numpy as np
import pytest

from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index import column_reader
from hashing.index.column_reader import HashColumn
from tests.hashing.changes import add, hashed
from tests.testapp.models import Matched, Plain

pytestmark = pytest.mark.django_db

COLUMN = HashColumn(Plain._meta.get_field("phash"), "default")
ENDS = (0, 1, 2**63 - 1, 2**63, 2**64 - 1)


def read(entries: column_reader.Entries) -> dict[int, int]:
    keys, hashes = entries
    assert (keys.dtype, hashes.dtype) == (np.int64, np.uint64)
    return dict(zip(keys.tolist(), hashes.tolist(), strict=True))


@pytest.fixture(params=[1, 2, 3, 7, 50_000])
def portion(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(column_reader, "ROWS", request.param)
    monkeypatch.setattr(column_reader, "NAMED", request.param)
    return request.param


def test_empty_table_has_no_entries(portion: int) -> None:
    assert read(COLUMN.everything()) == {}
    assert read(COLUMN.of(np.array([5], dtype=np.int64))) == {}
    assert read(COLUMN.of(np.empty(0, dtype=np.int64))) == {}


def test_all_rows_with_a_hash_are_read(portion: int) -> None:
    rows = add(*ENDS, 12345, 12345)
    Plain.objects.create(name="no hash")
    Plain.objects.create(pk=-7, phash=hashed(6))
    expected = {row.pk: row.phash.value for row in rows} | {-7: 6}
    assert read(COLUMN.everything()) == expected


def test_keys_may_lie_far_apart(portion: int) -> None:
    keys = [-(2**63), -1, 0, 5, 2**62, 2**63 - 1]
    Plain.objects.bulk_create([Plain(pk=key, phash=hashed(9)) for key in keys])
    assert read(COLUMN.everything()) == dict.fromkeys(keys, 9)


def test_named_rows_are_read(portion: int) -> None:
    rows = add(*ENDS)
    none = Plain.objects.create()
    asked = [row.pk for row in rows[1:]] + [none.pk, 10**9]
    assert read(COLUMN.of(np.array(asked))) == {row.pk: row.phash.value for row in rows[1:]}


def test_wide_hashes_are_read_word_by_word(portion: int) -> None:
    wide = HashColumn(Matched._meta.get_field("dct256"), "default")
    assert wide.everything()[1].shape == (0, 4)
    values = [2**255 + 3, 0, 2**256 - 1, 2**64]
    rows = [Matched(dct256=PerceptualHash(value, 256)) for value in values]
    for row in Matched.objects.bulk_create([*rows, Matched()]):
        assert row.pk
    _, hashes = wide.everything()
    assert [int.from_bytes(row.astype(">u8").tobytes()) for row in hashes] == values
    keys = np.array([row.pk for row in rows[:2]])
    assert wide.of(keys)[1].tolist() == hashes[:2].tolist()
