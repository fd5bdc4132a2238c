"""
Checkpoints of `hash_images --all`, kept in the database so that an interrupted run can resume.

Rows are processed in the order of their primary keys, so one key says how far a run has come. If
the settings or the hash fields have changed since, the run starts again from the beginning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import PIL
from django.db import models
from django.utils import timezone

from hashing.conf import setting
from hashing.fields import hashed_files
from hashing.index import PrimaryKey
from hashing.models import HashCheckpoint
from hashing.querysets import SimilarityQuerySet

# A checkpoint is written every 50 rows, or every 200th part of all rows if that is fewer.
EVERY, SHARE = 50, 200


@dataclass
class Progress:
    """The progress of a run through one file field of one model."""

    run: HashCheckpoint
    every: int
    _passed: int = 0

    @property
    def is_resumed(self) -> bool:
        """Whether an interrupted run continues."""
        return self.run.after != ""

    def remaining(self, rows: SimilarityQuerySet[models.Model]) -> SimilarityQuerySet[models.Model]:
        """Return the `rows` that are still to be processed."""
        return rows.filter(pk__gt=self.run.after) if self.is_resumed else rows

    def passed(self, key: PrimaryKey) -> None:
        """Note that the row `key`, and all rows before it, are processed and committed."""
        self._passed += 1
        if self._passed % self.every == 0:
            _same_run(self.run).update(after=str(key))


def progress_of(
    rows: SimilarityQuerySet[models.Model], source: str, *, restart: bool = False
) -> Progress:
    """Return the interrupted run through `rows` for the file field `source`, or a new one."""
    label, how = rows.model._meta.label, _how(rows.model, source)
    run = HashCheckpoint.objects.filter(model=label, source=source, how=how).first()
    if run is None or restart:
        begun = {"how": how, "after": "", "started_at": timezone.now()}
        run, _ = HashCheckpoint.objects.update_or_create(model=label, source=source, defaults=begun)
    return Progress(run, max(1, min(EVERY, rows.count() // SHARE)))


def forget(runs: Iterable[Progress]) -> None:
    """Delete the checkpoints of `runs`, which have reached their end."""
    for progress in runs:
        _same_run(progress.run).delete()


def _same_run(run: HashCheckpoint) -> models.QuerySet[HashCheckpoint]:
    # If another command has started the run again, its checkpoint belongs to that command.
    return HashCheckpoint.objects.filter(pk=run.pk, started_at=run.started_at)


def _how(model: type[models.Model], source: str) -> str:
    fields = [
        f"{field.name}:{field.algorithm_name}:{field.framing}:{field.version}"
        for field in hashed_files(model)[source]
    ]
    parts = [setting("DECODE"), str(setting("DECODE_LONG_SIDE")), PIL.__version__, *fields]
    return sha256("\n".join(parts).encode()).hexdigest()
