"""
Keeping the stored matches and clusters abreast of the pictures, whoever changed those.

They follow the change log: what it says has changed since the last look is written on a list, and
the list is worked off, some at each look. So a page does a bounded share of the work, an upload
that of its own picture, and `match_pictures` all that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from traceback import clear_frames

from django.db import OperationalError, connections, transaction
from django.db.models import Exists, QuerySet, Subquery

from gallery import verdicts
from gallery.matching import cluster_store, match_store
from gallery.models import ClusterMember, Image, LogPosition, Match, PendingMatch
from hashing.index import Cursor, changes_since
from hashing.model_matching import indexes_of
from hashing.models import HashChange

# Pictures that a page compares before it is shown, and what one transaction of a command does.
SHARE, BATCH = 20, 200
# How long a page waits for whoever else is writing to SQLite, in milliseconds.
PATIENCE = 250


def catch_up(keys: Iterable[int] = (), share: int = SHARE, is_patient: bool = False) -> int:
    """
    Renew what has changed: the pictures `keys` first, and `share` of those on the list.

    Returns how many are left. If another process is at it this one does nothing and waits for
    no other writer, unless it `is_patient`.
    """
    if not _is_behind():
        return 0
    # In here the index of this process is made and kept; in the transaction it would be lost.
    indexes_of(Image, Image.objects.db)
    with hurried(is_patient), transaction.atomic():
        if followed := _locked(waits=is_patient):
            _take_in(followed)
            _work_off(keys, share)
            return PendingMatch.objects.count()
    return PendingMatch.objects.count() + _unread().values("key").distinct().count()


def finish() -> None:
    """Compare all that is left, however long it takes."""
    if not is_begun():
        rebuild()
    left = catch_up(share=0, is_patient=True)
    while left and (rest := catch_up(share=BATCH, is_patient=True)) < left:
        left = rest


def is_waiting(key: int) -> bool:
    """Tell whether a picture is still to be compared."""
    return PendingMatch.objects.filter(key=key).exists() or _unread().filter(key=key).exists()


def rebuild() -> None:
    """Make all matches and clusters anew, by one join."""
    # The log is read first: what changes meanwhile is looked at again, and never missed.
    end = changes_since(Image, None).cursor
    # The join is long, and whoever uploads meanwhile would wait for a transaction around it.
    links = match_store.all_links()
    with transaction.atomic():
        followed = _locked(waits=True)
        match_store.replace(links)
        verdicts.fill_vacancies(Image.objects.all())
        cluster_store.rebuild()
        PendingMatch.objects.all().delete()
        _advance(followed, end)


def is_begun() -> bool:
    """Tell whether the log can be followed from where it was left."""
    followed = LogPosition.objects.first()
    return bool(followed) and changes_since(Image, _cursor(followed)).is_complete


def _is_behind() -> bool:
    table = _log()
    followed = LogPosition.objects.annotate(
        newest=Subquery(table.filter(seq__gt=0).order_by("-seq").values("seq")[:1]),
        # What this very transaction has changed has no number yet on PostgreSQL.
        has_own=Exists(table.filter(seq__lt=0)),
        has_listed=Exists(PendingMatch.objects.all()),
    ).first()
    if followed is None or followed.has_listed or followed.has_own:
        return True
    # A database without a log has nothing to follow.
    return followed.newest is not None and followed.newest != followed.seq


def _log() -> QuerySet[HashChange]:
    return HashChange.objects.filter(table_name=Image._meta.db_table)


def _unread() -> QuerySet[HashChange]:
    """Return what the log tells of pictures that nobody has taken in yet."""
    followed = LogPosition.objects.first()
    return _log().filter(seq__gt=(followed and followed.seq) or 0)


@contextmanager
def hurried(is_patient: bool) -> Iterator[None]:
    """On SQLite, wait for no other writer longer than a visitor would."""
    connection = connections[Image.objects.db]
    if is_patient or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    try:
        yield
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        _let_go(error)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def _let_go(error: BaseException) -> None:
    """
    Let go now of the cursors in the frames of `error`.

    They are in a cycle. A collection in another thread would close them, and wait for as long as
    this connection waits for a writer, which may be that very thread.
    """
    for one in (error, error.__cause__):
        if one is not None:
            clear_frames(one.__traceback__)


def _locked(waits: bool = False) -> LogPosition | None:
    """Return the one row, which no other process gets meanwhile; None if another has it."""
    if not LogPosition.objects.exists():
        LogPosition.objects.bulk_create([LogPosition(pk=1)], ignore_conflicts=True)
    return LogPosition.objects.select_for_update(skip_locked=not waits).first()


def _cursor(followed: LogPosition) -> Cursor | None:
    return None if followed.seq is None else Cursor(followed.epoch, followed.seq)


def _advance(followed: LogPosition, cursor: Cursor | None) -> None:
    followed.epoch, followed.seq = cursor or (None, None)
    followed.save()


def _take_in(followed: LogPosition) -> None:
    """Put on the list what has changed; all there is, if the log no longer knows."""
    changes = changes_since(Image, _cursor(followed))
    if changes.cursor is None:
        return
    keys: Iterable[int] = changes.keys.tolist() if changes.is_complete else _every_key()
    listed = (PendingMatch(key=key) for key in keys)
    PendingMatch.objects.bulk_create(listed, batch_size=5000, ignore_conflicts=True)
    if changes.cursor != _cursor(followed):
        _advance(followed, changes.cursor)


def _every_key() -> set[int]:
    """Return the keys of all pictures, and of those that only matches still know."""
    known = (
        Image.objects.order_by().values_list("pk", flat=True),
        Match.objects.values_list("first_id", flat=True),
        Match.objects.values_list("second_id", flat=True),
        ClusterMember.objects.order_by().values_list("image_id", flat=True),
    )
    return {key for keys in known for key in keys.iterator(chunk_size=10_000)}


def _work_off(keys: Iterable[int], share: int) -> None:
    first = list(PendingMatch.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    rest = PendingMatch.objects.exclude(key__in=first).order_by("key")
    changed = [*first, *rest.values_list("key", flat=True)[:share]]
    if changed:
        verdicts.fill_vacancies(Image.objects.filter(pk__in=changed))
        cluster_store.renew(match_store.renew(changed))
        PendingMatch.objects.filter(key__in=changed).delete()
