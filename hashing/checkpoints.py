"""
Where `hash_images --all` stands, kept in the database so that it goes on there when stopped.

Rows are worked on in the order of their keys, so one key tells all. What was hashed in another
way than the site hashes now is not gone on with, nor what comes after it: that run begins anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import PIL
from django.db import models
from django.utils import timezone

from hashing.conf import setting
from hashing.fields import hashed_files
from hashing.models import HashCheckpoint
from hashing.querysets import SimilarityQuerySet

# The place is kept every so many rows, or more often if that is more than this share of all.
EVERY, SHARE = 50, 200


@dataclass
class Place:
    """Where a run through one file field of one model stands."""

    run: HashCheckpoint
    every: int
    _passed: int = 0

    @property
    def is_resumed(self) -> bool:
        return self.run.after is not None

    def remaining(self, rows: SimilarityQuerySet) -> SimilarityQuerySet:
        """Return those of `rows` that were not worked on yet."""
        return rows.filter(pk__gt=self.run.after) if self.is_resumed else rows

    def passed(self, key: int) -> None:
        """Note that the row `key`, and all before it, were worked on and are committed."""
        self._passed += 1
        if self._passed % self.every == 0:
            _same_run(self.run).update(after=key)


def place_of(rows: SimilarityQuerySet, source: str, *, restart: bool = False) -> Place:
    """Return where the run through `rows` for the file field `source` was stopped, or a new one."""
    label, how = rows.model._meta.label, _how(rows.model, source)
    run = HashCheckpoint.objects.filter(model=label, source=source, how=how).first()
    if run is None or restart:
        begun = {"how": how, "after": None, "started_at": timezone.now()}
        run, _ = HashCheckpoint.objects.update_or_create(model=label, source=source, defaults=begun)
    return Place(run, max(1, min(EVERY, rows.count() // SHARE)))


def forget(places: Iterable[Place]) -> None:
    """Remove what is known of runs that have reached their end."""
    for place in places:
        _same_run(place.run).delete()


def _same_run(run: HashCheckpoint) -> models.QuerySet[HashCheckpoint]:
    # A run that another command began anew meanwhile is that command's.
    return HashCheckpoint.objects.filter(pk=run.pk, started_at=run.started_at)


def _how(model: type[models.Model], source: str) -> str:
    fields = [
        f"{field.name}:{field.algorithm_name}:{field.framing}:{field.version}"
        for field in hashed_files(model)[source]
    ]
    parts = [setting("DECODE"), str(setting("DECODE_LONG_SIDE")), PIL.__version__, *fields]
    return sha256("\n".join(parts).encode()).hexdigest()
