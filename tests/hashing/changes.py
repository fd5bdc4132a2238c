"""Every way to change the rows of testapp.Plain, and what the log must hold afterwards."""

from collections.abc import Callable, Iterable

from django.db import connection

from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.models import HashChange
from tests.testapp.models import Plain, PlainChild

TABLE = Plain._meta.db_table


def hashed(value: int) -> PerceptualHash:
    return PerceptualHash(value % 2**64)


def add(*values: int) -> list[Plain]:
    """Store rows with these hashes, and return them."""
    return [Plain.objects.create(phash=hashed(value)) for value in values]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def newest() -> int:
    """Return the number of the newest row of the log."""
    return HashChange.objects.order_by("-seq").values_list("seq", flat=True)[0]


def logged_since(seq: int, table: str = TABLE) -> list[int]:
    """Return the keys that the log has got since row `seq`."""
    rows = HashChange.objects.filter(table_name=table, seq__gt=seq).order_by("seq")
    return list(rows.values_list("key", flat=True))


# A change takes the rows 1, 2 and 3 of the table, whose hashes are 1, 2 and 3, and returns the
# keys of the rows that it has changed.
Change = Callable[[], Iterable[int]]


def create() -> Iterable[int]:
    return [Plain.objects.create(phash=hashed(4)).pk]


def create_without_hash() -> Iterable[int]:
    return [Plain.objects.create(name="no hash yet").pk]


def create_child() -> Iterable[int]:
    return [PlainChild.objects.create(phash=hashed(5), note="a child").pk]


def save() -> Iterable[int]:
    row = Plain.objects.get(pk=1)
    row.phash = hashed(-1)
    row.save()
    return [1]


def clear() -> Iterable[int]:
    row = Plain.objects.get(pk=2)
    row.phash = None
    row.save(update_fields=["phash"])
    return [2]


def update() -> Iterable[int]:
    Plain.objects.filter(pk__lte=2).update(phash=hashed(2**63))
    return [1, 2]


def update_to_the_same() -> Iterable[int]:
    Plain.objects.filter(pk=1).update(phash=hashed(1))
    return []


def update_something_else() -> Iterable[int]:
    Plain.objects.update(name="another name")
    return []


def bulk_create() -> Iterable[int]:
    rows = Plain.objects.bulk_create([Plain(phash=hashed(6)), Plain(phash=None)])
    return [row.pk for row in rows]


def bulk_create_over_a_conflict() -> Iterable[int]:
    Plain.objects.bulk_create(
        [Plain(pk=3, phash=hashed(7))],
        update_conflicts=True,
        update_fields=["phash"],
        unique_fields=["id"],
    )
    return [3]


def bulk_update() -> Iterable[int]:
    rows = list(Plain.objects.filter(pk__gte=2))
    for row in rows:
        row.phash = hashed(8)
    Plain.objects.bulk_update(rows, ["phash"])
    return [2, 3]


def delete() -> Iterable[int]:
    Plain.objects.get(pk=1).delete()
    return [1]


def delete_many() -> Iterable[int]:
    Plain.objects.filter(pk__gte=2).delete()
    return [2, 3]


def insert_by_sql() -> Iterable[int]:
    sql(f"INSERT INTO {TABLE} (id, name, file, phash) VALUES (50, 'sql', '', %s)", -(2**63))
    return [50]


def update_by_sql() -> Iterable[int]:
    sql(f"UPDATE {TABLE} SET phash = NULL WHERE id < 3")
    return [1, 2]


def renumber_by_sql() -> Iterable[int]:
    sql(f"UPDATE {TABLE} SET id = 60 WHERE id = 3")
    return [3, 60]


def delete_by_sql() -> Iterable[int]:
    sql(f"DELETE FROM {TABLE} WHERE id = 2")
    return [2]


CHANGES: tuple[Change, ...] = (
    create,
    create_without_hash,
    create_child,
    save,
    clear,
    update,
    update_to_the_same,
    update_something_else,
    bulk_create,
    bulk_create_over_a_conflict,
    bulk_update,
    delete,
    delete_many,
    insert_by_sql,
    update_by_sql,
    renumber_by_sql,
    delete_by_sql,
)


def three_rows() -> None:
    """Store the rows that changes begin with."""
    Plain.objects.bulk_create([Plain(pk=key, phash=hashed(key)) for key in (1, 2, 3)])
    if connection.vendor == "postgresql":
        # Rows with keys of our own choosing leave the sequence behind.
        sql(f"SELECT setval(pg_get_serial_sequence('{TABLE}', 'id'), 3)")


def empty_table() -> None:
    """Empty the table at one stroke."""
    if connection.vendor == "postgresql":
        sql(f"TRUNCATE {TABLE} CASCADE")
    else:
        sql("DELETE FROM testapp_plainchild")
        sql(f"DELETE FROM {TABLE}")
