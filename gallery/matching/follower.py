"""
Keep the stored matches and clusters up to date with the pictures.

They follow the change log: pictures that have changed since the last call are put on a list, and
each call works through part of the list. The worker compares all of them in the background; an
upload or a decision compares its own at once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import connections, transaction
from django.db.models import Exists, F, Q, QuerySet, Subquery

from gallery import verdicts
from gallery.batches import in_batches
from gallery.matching import cluster_store, match_checks, match_store
from gallery.matching.match_search import MatchSearch
from gallery.matching.sqlite_patience import brief_wait
from gallery.models import ClusterMember, Image, LogPosition, Match, PendingMatch
from hashing.index import Changes, Cursor, changes_since
from hashing.model_matching import indexes_of
from hashing.models import HashChange

# Pictures that a request compares besides its own, and those of one transaction of a command.
REQUEST_SHARE, BATCH = 20, 200
# A request leaves a longer list of changes to the worker; the worker writes it in such portions.
MOST_LISTED = 500
# Pictures that are searched inside the transaction because others kept changing pictures.
CONTESTED_SHARE = 4
# Seconds after which a request asks again whether another process has finished its transaction.
PAUSES = (0.02, 0.05, 0.1)


class Step(NamedTuple):
    """The pictures that are left, and for how many seconds the transaction kept others waiting."""

    left: int
    locked_seconds: float


def catch_up(keys: Iterable[int] = (), share: int = REQUEST_SHARE) -> int:
    """
    Compare the pictures `keys` that have changed, then `share` others; return how many are left.

    Also looks at the nearest matches of `keys`; all others are left to the worker.
    It is for requests and takes a short time: it compares nothing if another process does not
    stop writing soon, or if very many pictures have changed.
    """
    if not is_behind():
        return 0
    if not _is_quickly_listed():
        return count_waiting()
    keys = list(keys)
    # Load the index of this process now: loaded inside the transaction it would not be kept.
    indexes_of(Image, Image.objects.db)
    position, left = None, 0
    with brief_wait(), transaction.atomic():
        position = _locked_if_free()
        if position is not None:
            left = _compare_now(position, share, keys)
    if position is None:
        return count_waiting()
    match_checks.verify_matches_of(keys)
    return left


def compare_batch(share: int = BATCH) -> Step:
    """
    Compare the next pictures that have changed, at most `share`.

    Matches are searched before the transaction that stores them, so that other writers wait only
    for the writing. If pictures have changed in between, a few are searched again inside it.
    """
    if not is_behind():
        return Step(0, 0.0)
    if connections[Image.objects.db].in_atomic_block:
        # Others wait for the caller's transaction anyway. On PostgreSQL its own changes stay
        # listed until it ends, so portions of them would never come to an end.
        return _searched_inside(sys.maxsize)
    _list_all_changes()
    moment = _Moment.now()
    batch, search = _first_pending(share), MatchSearch()
    search.prepare(batch)
    return _stored(batch, search, moment) or _searched_inside(min(share, CONTESTED_SHARE))


def finish() -> None:
    """Compare all pictures that are left and verify their matches, however long it takes."""
    if not is_begun():
        rebuild()
    left = compare_batch().left
    while left and (fewer := compare_batch().left) < left:
        left = fewer
    while batch := list(match_checks.unverified()[:BATCH]):
        match_checks.verify(batch)


def is_waiting(key: int) -> bool:
    """Return whether a picture is still to be compared."""
    is_listed = PendingMatch.objects.filter(key=key).exists()
    return is_listed or _unlisted_changes().filter(key=key).exists()


def waiting_keys() -> QuerySet[PendingMatch, int]:
    """Return the keys of the pictures that are still to be compared, each perhaps twice."""
    unlisted = _unlisted_changes().values_list("key", flat=True)
    return PendingMatch.objects.values_list("key", flat=True).union(unlisted)


def unsettled_keys() -> QuerySet[PendingMatch, int]:
    """Return those keys, and those of pictures with a match that is still to be looked at."""
    rows = match_checks.unverified().order_by()
    ends = (rows.values_list(end, flat=True) for end in ("first_id", "second_id"))
    return waiting_keys().union(*ends)


def count_waiting() -> int:
    """Return how many pictures are still to be compared."""
    return waiting_keys().count()


def rebuild() -> None:
    """Compare all pictures from scratch, in one join, and store the matches and clusters."""
    # The log is read first: a change during the join is compared again, and none is missed.
    end = changes_since(Image, None).cursor
    # The join is long; a transaction around it would keep every upload waiting.
    edges = match_store.all_edges()
    with transaction.atomic():
        position = _locked()
        match_store.replace(edges)
        verdicts.carry_over(Image.objects.all())
        verdicts.fill_vacancies(Image.objects.all())
        cluster_store.rebuild()
        PendingMatch.objects.all().delete()
        LogPosition.objects.update(revision=F("revision") + 1)
        _advance(position, end)


def is_begun() -> bool:
    """Return whether the log can be followed on from the stored position."""
    position = LogPosition.objects.first()
    return position is not None and changes_since(Image, _cursor(position)).is_complete


def is_behind() -> bool:
    """Return whether any picture is still to be compared."""
    return _has_work(PendingMatch.objects.all())


def is_unsettled() -> bool:
    """Return whether anything is still to be compared or looked at."""
    return _has_work(PendingMatch.objects.all(), match_checks.unverified())


def _has_work(*lists: QuerySet[Any]) -> bool:
    """Return whether the log is to be followed, or one of `lists` has rows, in one query."""
    log = _log()
    position = LogPosition.objects.annotate(
        newest=Subquery(log.filter(seq__gt=0).order_by("-seq").values("seq")[:1]),
        # On PostgreSQL changes of the current transaction have no number yet.
        has_own=Exists(log.filter(seq__lt=0)),
        has_listed=reduce(or_, (Q(Exists(rows)) for rows in lists)),
    ).first()
    if position is None or position.has_listed or position.has_own:
        return True
    # A database without a log has nothing to follow.
    return position.newest is not None and position.newest != position.seq


def _log() -> QuerySet[HashChange]:
    return HashChange.objects.filter(table_name=Image._meta.db_table)


def _unlisted_changes() -> QuerySet[HashChange]:
    """Return the changes in the log after the stored position."""
    log = _log()
    # The first row names the log and is no change.
    opening = log.filter(seq__gt=0).order_by("seq").values("seq")[:1]
    position = LogPosition.objects.first()
    return log.filter(seq__gt=(position and position.seq) or 0).exclude(seq=Subquery(opening))


def _locked() -> LogPosition:
    """Return the position, locked against other processes; wait until it is free."""
    _make_position()
    return LogPosition.objects.select_for_update().get(pk=LogPosition.KEY)


def _locked_if_free() -> LogPosition | None:
    """Return the position, locked against other processes; None if another keeps the lock."""
    _make_position()
    free = LogPosition.objects.select_for_update(skip_locked=True)
    for pause in PAUSES:
        if (position := free.first()) is not None:
            return position
        time.sleep(pause)
    return free.first()


def _make_position() -> None:
    if not LogPosition.objects.exists():
        LogPosition.objects.bulk_create([LogPosition(pk=LogPosition.KEY)], ignore_conflicts=True)


def _cursor(position: LogPosition) -> Cursor | None:
    if position.epoch is None or position.seq is None:
        return None
    return Cursor(position.epoch, position.seq)


def _advance(position: LogPosition, cursor: Cursor | None) -> None:
    position.epoch, position.seq = cursor or (None, None)
    position.save(update_fields=["epoch", "seq"])


def _is_quickly_listed() -> bool:
    """Return whether a request has time to list all changes."""
    if _unlisted_changes()[: MOST_LISTED + 1].count() > MOST_LISTED:
        return False
    return is_begun() or Image.objects.order_by()[: MOST_LISTED + 1].count() <= MOST_LISTED


def _list_changes(position: LogPosition) -> None:
    """Put the pictures that changed on the list; `position` is locked."""
    changes = changes_since(Image, _cursor(position))
    _list(_changed_keys(changes))
    if changes.cursor not in (None, _cursor(position)):
        _advance(position, changes.cursor)


def _list_all_changes() -> None:
    """Put the pictures that changed on the list, in transactions that keep nobody waiting."""
    _make_position()
    begin = _cursor(LogPosition.objects.get(pk=LogPosition.KEY))
    changes = changes_since(Image, begin)
    if changes.cursor in (None, begin):
        return
    for keys in in_batches(_changed_keys(changes), MOST_LISTED):
        _list(keys)
    with transaction.atomic():
        position = _locked()
        # Otherwise another process has listed these changes, and perhaps more.
        if _cursor(position) == begin:
            _advance(position, changes.cursor)


def _changed_keys(changes: Changes) -> Iterable[int]:
    """Return the keys of the pictures that changed; of all if the log no longer knows which."""
    if changes.cursor is None:
        return ()
    return changes.keys.tolist() if changes.is_complete else _every_key()


def _list(keys: Iterable[int]) -> None:
    pending = (PendingMatch(key=key) for key in keys)
    PendingMatch.objects.bulk_create(pending, batch_size=5000, ignore_conflicts=True)


def _every_key() -> set[int]:
    """Return the keys of all pictures, and of deleted ones that still have matches."""
    columns = (
        Image.objects.order_by().values_list("pk", flat=True),
        Match.objects.values_list("first_id", flat=True),
        Match.objects.values_list("second_id", flat=True),
        ClusterMember.objects.order_by().values_list("image_id", flat=True),
    )
    return {key for keys in columns for key in keys.iterator(chunk_size=10_000)}


def _first_pending(share: int, keys: Iterable[int] = ()) -> list[int]:
    """Return those of `keys` that are on the list, then the first `share` others."""
    first = list(PendingMatch.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    others = PendingMatch.objects.exclude(key__in=first).order_by("key")
    return [*first, *others.values_list("key", flat=True)[:share]]


class _Moment(NamedTuple):
    """A state of the gallery: the newest change of a picture, and the revision of the matches."""

    newest: Cursor | None
    revision: int

    @classmethod
    def now(cls) -> _Moment:
        position = LogPosition.objects.get(pk=LogPosition.KEY)
        return cls(changes_since(Image, None).cursor, position.revision)

    def is_over(self, position: LogPosition) -> bool:
        """Return whether pictures or matches have changed since; `position` is the present one."""
        if self.newest is None or self.revision != position.revision:
            return True
        changes = changes_since(Image, self.newest)
        return not changes.is_complete or len(changes.keys) > 0


def _stored(batch: list[int], search: MatchSearch, moment: _Moment) -> Step | None:
    """Store what `search` has prepared at a moment, unless that moment is over."""
    with transaction.atomic():
        position = _locked()
        start = time.perf_counter()
        if moment.is_over(position):
            return None
        _compare(batch, search)
    return Step(PendingMatch.objects.count(), time.perf_counter() - start)


def _searched_inside(share: int) -> Step:
    """Compare the next pictures in one transaction, in which nothing changes."""
    with transaction.atomic():
        position = _locked()
        start = time.perf_counter()
        left = _compare_now(position, share)
    return Step(left, time.perf_counter() - start)


def _compare_now(position: LogPosition, share: int, keys: Iterable[int] = ()) -> int:
    """List all changes, compare some pictures, and return how many are left."""
    _list_changes(position)
    _compare(_first_pending(share, keys), MatchSearch())
    return PendingMatch.objects.count()


def _compare(keys: list[int], search: MatchSearch) -> None:
    """Renew the matches and clusters of pictures, and take them off the list."""
    if keys:
        LogPosition.objects.update(revision=F("revision") + 1)
        pictures = Image.objects.filter(pk__in=keys)
        verdicts.carry_over(pictures)
        verdicts.fill_vacancies(pictures)
        cluster_store.renew_clusters(match_store.renew(keys, search))
        PendingMatch.objects.filter(key__in=keys).delete()
