"""
Keep the stored matches and clusters up to date with the pictures.

They follow the change log: pictures that have changed since the last call are put on a list, and
each call works through part of the list. A page compares a few pictures, an upload its own, and
`match_pictures` all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext

from django.db import transaction
from django.db.models import Exists, QuerySet, Subquery

from gallery import verdicts
from gallery.matching import cluster_store, match_checks, match_store
from gallery.matching.sqlite_patience import brief_wait
from gallery.models import ClusterMember, Image, LogPosition, Match, PendingMatch
from hashing.index import Cursor, changes_since
from hashing.model_matching import indexes_of
from hashing.models import HashChange

# Pictures that a page compares before it is shown, and those that a command compares in one
# transaction.
PAGE_SHARE, BATCH = 20, 200


def catch_up_for_page(keys: Iterable[int] = ()) -> int:
    """
    Compare the pictures `keys` and a small share of the others; return how many are left.

    Pages that only show something write to matches and clusters through this function alone, so
    that it is the one place to change once comparing has a process of its own.
    """
    return catch_up(keys, PAGE_SHARE)


def catch_up(keys: Iterable[int] = (), share: int = PAGE_SHARE, is_patient: bool = False) -> int:
    """
    Compare the pictures `keys` that have changed, then `share` others; return how many are left.

    If another process is already comparing, this call compares nothing, unless it `is_patient`;
    then it waits for its turn, and for other writers too.
    """
    if not _is_behind():
        return 0
    # Load the index of this process now: loaded inside the transaction it would not be kept.
    indexes_of(Image, Image.objects.db)
    with nullcontext() if is_patient else brief_wait(), transaction.atomic():
        position = _locked() if is_patient else _locked_if_free()
        if position is not None:
            _list_changes(position)
            _work_off(keys, share)
            return PendingMatch.objects.count()
    return PendingMatch.objects.count() + _unlisted_changes().values("key").distinct().count()


def finish() -> None:
    """Compare all pictures that are left and verify their matches, however long it takes."""
    if not is_begun():
        rebuild()
    left = catch_up(share=0, is_patient=True)
    while left and (fewer := catch_up(share=BATCH, is_patient=True)) < left:
        left = fewer
    while batch := list(match_checks.unverified()[:BATCH]):
        match_checks.verify(batch)


def is_waiting(key: int) -> bool:
    """Return whether a picture is still to be compared."""
    is_listed = PendingMatch.objects.filter(key=key).exists()
    return is_listed or _unlisted_changes().filter(key=key).exists()


def rebuild() -> None:
    """Compare all pictures from scratch, in one join, and store the matches and clusters."""
    # The log is read first: a change during the join is compared again, and none is missed.
    end = changes_since(Image, None).cursor
    # The join is long; a transaction around it would keep every upload waiting.
    edges = match_store.all_edges()
    with transaction.atomic():
        position = _locked()
        match_store.replace(edges)
        verdicts.fill_vacancies(Image.objects.all())
        cluster_store.rebuild()
        PendingMatch.objects.all().delete()
        _advance(position, end)


def is_begun() -> bool:
    """Return whether the log can be followed on from the stored position."""
    position = LogPosition.objects.first()
    return position is not None and changes_since(Image, _cursor(position)).is_complete


def _is_behind() -> bool:
    log = _log()
    position = LogPosition.objects.annotate(
        newest=Subquery(log.filter(seq__gt=0).order_by("-seq").values("seq")[:1]),
        # On PostgreSQL changes of the current transaction have no number yet.
        has_own=Exists(log.filter(seq__lt=0)),
        has_listed=Exists(PendingMatch.objects.all()),
    ).first()
    if position is None or position.has_listed or position.has_own:
        return True
    # A database without a log has nothing to follow.
    return position.newest is not None and position.newest != position.seq


def _log() -> QuerySet[HashChange]:
    return HashChange.objects.filter(table_name=Image._meta.db_table)


def _unlisted_changes() -> QuerySet[HashChange]:
    """Return the changes in the log after the stored position."""
    position = LogPosition.objects.first()
    return _log().filter(seq__gt=(position and position.seq) or 0)


def _locked() -> LogPosition:
    """Return the position, locked against other processes; wait until it is free."""
    _make_position()
    return LogPosition.objects.select_for_update().get(pk=LogPosition.KEY)


def _locked_if_free() -> LogPosition | None:
    """Return the position, locked against other processes; None if another holds the lock."""
    _make_position()
    return LogPosition.objects.select_for_update(skip_locked=True).first()


def _make_position() -> None:
    if not LogPosition.objects.exists():
        LogPosition.objects.bulk_create([LogPosition(pk=LogPosition.KEY)], ignore_conflicts=True)


def _cursor(position: LogPosition) -> Cursor | None:
    if position.epoch is None or position.seq is None:
        return None
    return Cursor(position.epoch, position.seq)


def _advance(position: LogPosition, cursor: Cursor | None) -> None:
    position.epoch, position.seq = cursor or (None, None)
    position.save()


def _list_changes(position: LogPosition) -> None:
    """Put the pictures that changed on the list; all of them if the log no longer knows which."""
    changes = changes_since(Image, _cursor(position))
    if changes.cursor is None:
        return
    keys: Iterable[int] = changes.keys.tolist() if changes.is_complete else _every_key()
    pending = (PendingMatch(key=key) for key in keys)
    PendingMatch.objects.bulk_create(pending, batch_size=5000, ignore_conflicts=True)
    if changes.cursor != _cursor(position):
        _advance(position, changes.cursor)


def _every_key() -> set[int]:
    """Return the keys of all pictures, and of deleted ones that still have matches."""
    columns = (
        Image.objects.order_by().values_list("pk", flat=True),
        Match.objects.values_list("first_id", flat=True),
        Match.objects.values_list("second_id", flat=True),
        ClusterMember.objects.order_by().values_list("image_id", flat=True),
    )
    return {key for keys in columns for key in keys.iterator(chunk_size=10_000)}


def _work_off(keys: Iterable[int], share: int) -> None:
    """Compare the pictures `keys` that are on the list, then the first `share` others."""
    first = list(PendingMatch.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    others = PendingMatch.objects.exclude(key__in=first).order_by("key")
    changed = [*first, *others.values_list("key", flat=True)[:share]]
    if changed:
        verdicts.fill_vacancies(Image.objects.filter(pk__in=changed))
        cluster_store.renew(match_store.renew(changed))
        PendingMatch.objects.filter(key__in=changed).delete()
