"""The live_index index: whatever happens to the table, it holds what the table holds."""

import random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.index import column_reader
from hashing.index import process_index as index_module
from hashing.index.process_index import LiveIndex, index_of
from hashing.models import HashChange
from tests.hashing.changes import (
    CHANGES,
    TABLE,
    Change,
    add,
    empty_table,
    hashed,
    sql,
    three_rows,
)
from tests.hashing.live_index import FIELD, held, truth
from tests.testapp.models import Plain, PlainChild, PlainProxy, Twofold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("change", CHANGES)
def test_committed_change_is_known_without_loading_anew(
    live_index: LiveIndex, change: Change, loads: list[LiveIndex]
) -> None:
    three_rows()
    assert held(live_index) == truth() == {1: 1, 2: 2, 3: 3}
    change()
    assert held(live_index) == truth()
    assert len(loads) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_known_inside_its_transaction_and_forgotten_with_it(
    live_index: LiveIndex, change: Change
) -> None:
    three_rows()
    before = held(live_index)
    with transaction.atomic():
        change()
        assert held(live_index) == truth()
        transaction.set_rollback(True)
    assert held(live_index) == truth() == before
    with transaction.atomic():
        change()
        assert held(live_index) == truth()
    assert held(live_index) == truth()


def test_savepoints_are_known_and_forgotten_one_by_one(live_index: LiveIndex) -> None:
    add(1)
    with transaction.atomic():
        add(2)
        assert held(live_index) == truth()
        with transaction.atomic():
            add(3)
            assert held(live_index) == truth()
            transaction.set_rollback(True)
        assert held(live_index) == truth()
        add(4)
        assert held(live_index) == truth()
    assert sorted(held(live_index).values()) == [1, 2, 4]


def test_first_question_inside_a_transaction_leaves_nothing_behind(live_index: LiveIndex) -> None:
    with transaction.atomic():
        add(1)
        assert sorted(held(live_index).values()) == [1]
        transaction.set_rollback(True)
    assert held(live_index) == {}


def test_numbers_of_a_rolled_back_change_may_be_used_again(live_index: LiveIndex) -> None:
    add(1)
    for value in range(2, 6):
        with transaction.atomic():
            add(value + 100)
            held(live_index)
            transaction.set_rollback(True)
        add(value)
        assert held(live_index) == truth()


def test_transaction_without_atomic_block_leaves_nothing_behind(live_index: LiveIndex) -> None:
    add(1)
    before = held(live_index)
    transaction.set_autocommit(False)
    try:
        add(2)
        assert sorted(held(live_index).values()) == [1, 2]
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    add(3)  # on SQLite under the key and the number that were rolled back
    assert held(live_index) == truth()
    assert before.items() < held(live_index).items()


def test_change_of_another_connection_is_known_once_it_is_committed(
    live_index: LiveIndex, other: BaseDatabaseWrapper
) -> None:
    three_rows()
    before = held(live_index)
    with other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute(f"UPDATE {TABLE} SET phash = 77 WHERE id = 2")
        assert held(live_index) == before
        if connection.vendor == "postgresql":  # where others may commit meanwhile
            add(9)
            assert held(live_index) == truth()
        other.commit()
    assert held(live_index) == truth()
    assert held(live_index)[2] == 77


def test_rolled_back_change_of_another_connection_is_never_known(
    live_index: LiveIndex, other: BaseDatabaseWrapper
) -> None:
    three_rows()
    with other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute(f"DELETE FROM {TABLE} WHERE id = 2")
        assert held(live_index) == truth()
        other.rollback()
    assert held(live_index) == truth() == {1: 1, 2: 2, 3: 3}


def test_emptied_table_is_known(live_index: LiveIndex) -> None:
    three_rows()
    held(live_index)
    empty_table()
    assert held(live_index) == {}
    add(5)
    assert held(live_index) == truth()


def test_emptied_table_inside_a_transaction_is_known_and_forgotten(live_index: LiveIndex) -> None:
    three_rows()
    before = held(live_index)
    with transaction.atomic():
        empty_table()
        assert held(live_index) == {}
        transaction.set_rollback(True)
    assert held(live_index) == before


def test_trimmed_log_makes_a_reader_that_fell_behind_load_anew(
    live_index: LiveIndex, loads: list[LiveIndex]
) -> None:
    add(1)
    held(live_index)
    add(2, 3)
    newest = HashChange.objects.filter(table_name=TABLE).latest("seq")
    HashChange.objects.filter(seq__lt=newest.seq).delete()
    assert held(live_index) == truth()
    assert len(loads) == 2
    add(4)
    assert held(live_index) == truth()
    assert len(loads) == 2


def test_trimmed_log_does_not_trouble_a_reader_that_is_abreast(
    live_index: LiveIndex, loads: list[LiveIndex]
) -> None:
    add(1, 2)
    held(live_index)
    newest = HashChange.objects.filter(table_name=TABLE).latest("seq")
    # Whoever trims the log leaves the row that it began with.
    HashChange.objects.filter(seq__lt=newest.seq, key__gte=0).delete()
    add(3)
    assert held(live_index) == truth()
    assert len(loads) == 1


def test_emptied_log_makes_readers_load_until_it_has_begun_again(
    live_index: LiveIndex, loads: list[LiveIndex]
) -> None:
    add(1)
    held(live_index)
    HashChange.objects.all().delete()
    sql(f"UPDATE {TABLE} SET name = 'unlogged'")
    assert held(live_index) == truth()
    assert held(live_index) == truth()
    assert len(loads) == 3
    add(2)
    assert held(live_index) == truth()
    add(3)
    assert held(live_index) == truth()
    assert len(loads) == 4


def test_many_changes_at_once_load_anew(
    live_index: LiveIndex, loads: list[LiveIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "MANY", 5)
    add(*range(20))
    held(live_index)
    Plain.objects.filter(pk__in=[row.pk for row in Plain.objects.all()[:5]]).update(phash=hashed(9))
    assert held(live_index) == truth()
    assert len(loads) == 1
    Plain.objects.update(phash=hashed(10))
    assert held(live_index) == truth()
    assert len(loads) == 2


def test_changes_are_fetched_in_portions(
    live_index: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(*range(60))
    held(live_index)
    monkeypatch.setattr(column_reader, "NAMED", 4)
    Plain.objects.filter(phash__in=[hashed(value) for value in range(13)]).update(phash=hashed(-1))
    assert held(live_index) == truth()


def test_warm_index_asks_one_question(
    live_index: LiveIndex, django_assert_num_queries: Any
) -> None:
    add(1)
    held(live_index)
    with django_assert_num_queries(1):
        live_index.current()
    add(2)
    with django_assert_num_queries(2):
        live_index.current()


def test_index_stays_the_same_while_nothing_changes(live_index: LiveIndex) -> None:
    add(1)
    first = live_index.current()
    assert live_index.current() is first
    add(2)
    assert live_index.current() is not first
    assert len(first) == 1


def test_process_has_one_index_for_a_column() -> None:
    assert index_of(FIELD, "default") is index_of(FIELD, "default")
    for model in (PlainProxy, PlainChild):
        assert index_of(model._meta.get_field("phash"), "default") is index_of(FIELD, "default")
    colours = Twofold._meta.get_field("colorhash")
    assert index_of(colours, "default") is not index_of(Twofold._meta.get_field("phash"), "default")


@pytest.mark.parametrize("seed", range(4))
def test_index_is_true_after_any_sequence_of_changes(live_index: LiveIndex, seed: int) -> None:
    rng = random.Random(seed)

    def change() -> None:
        keys = list(Plain.objects.values_list("pk", flat=True))
        some = Plain.objects.filter(pk__in=rng.sample(keys, min(len(keys), 3)))
        rng.choice(
            [
                lambda: add(rng.getrandbits(64), rng.getrandbits(64)),
                lambda: some.update(phash=hashed(rng.getrandbits(64))),
                lambda: some.update(phash=None),
                lambda: some.delete(),
                lose_the_oldest_change,
                nested,
            ]
        )()
        if rng.random() < 0.6:
            assert held(live_index) == truth()

    def lose_the_oldest_change() -> None:
        # Numbers below 0 are of what is not committed.
        HashChange.objects.filter(pk=HashChange.objects.filter(seq__gt=0).first().pk).delete()

    def nested() -> None:
        with transaction.atomic():
            for _ in range(rng.randrange(4)):
                change()
            transaction.set_rollback(rng.random() < 0.5)

    for _ in range(40):
        change()
    assert held(live_index) == truth()


def test_log_that_began_again_is_noticed(live_index: LiveIndex) -> None:
    """As after `flush`, which numbers the rows of another database from 1 as well."""
    add(1, 2)
    held(live_index)
    begin, *later = HashChange.objects.filter(table_name=TABLE).order_by("seq")
    HashChange.objects.filter(pk=begin.pk).update(key=begin.key - 1)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET phash = phash + 1")
    HashChange.objects.filter(seq__gt=later[-1].seq).delete()
    assert held(live_index) == truth()
