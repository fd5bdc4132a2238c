"""hash_images: compute the hash fields of stored files."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from tqdm import tqdm

from hashing.checkpoints import Progress, forget, progress_of
from hashing.decoding_pool import in_threads
from hashing.exceptions import Refusal
from hashing.index import PrimaryKey, tracked_fields
from hashing.querysets import SimilarityQuerySet
from hashing.receivers import rehash, save_rehashed

Rows: TypeAlias = SimilarityQuerySet[models.Model]


@dataclass(frozen=True)
class Failure:
    """A file that could not be hashed, and why."""

    model: str
    pk: PrimaryKey
    file: str
    reason: str


class Command(BaseCommand):
    help = (
        "Compute the hash fields of stored files, as saving them does. You can interrupt it at "
        "any time; run it again and it resumes where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--missing",
            action="store_true",
            help="files whose hashes are missing, or were made before a hash field changed",
        )
        which.add_argument("--all", action="store_true", help="all files")
        parser.add_argument(
            "--restart", action="store_true", help="with --all: do not resume an interrupted run"
        )
        parser.add_argument(
            "--model", metavar="app.Model", help="only this model (default: all with hash fields)"
        )
        parser.add_argument(
            "--batch",
            type=int,
            default=500,
            metavar="N",
            help="rows to read at a time (default: %(default)s)",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="threads that decode (default: one for each processor, %(default)s)",
        )
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="print one JSON object"
        )

    def handle(
        self, *, missing: bool, restart: bool, model: str | None, as_json: bool, **options: Any
    ) -> None:
        for name in ("batch", "workers"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be at least 1, not {options[name]}.")
        if restart and missing:
            raise CommandError("--restart requires --all; --missing keeps no checkpoint.")
        start = time.monotonic()
        hashed, failures, runs = 0, [], []
        for rows, source in _work(_models(model), missing):
            progress = None
            if not missing:
                runs.append(progress := self._progress(rows, source, restart))
            for failure in _hashed(rows, source, progress, options["batch"], options["workers"]):
                hashed += failure is None
                if failure:
                    failures.append(failure)
                    self._print_failure(failure, as_json)
        forget(runs)
        self._report(hashed, failures, time.monotonic() - start, as_json)

    def _progress(self, rows: Rows, source: str, restart: bool) -> Progress:
        progress = progress_of(rows, source, restart=restart)
        if progress.is_resumed:
            started = date_format(localtime(progress.run.started_at), "j F Y, H:i")
            self.stderr.write(
                f"{progress.run.model}.{source}: resuming after row {progress.run.after} the run "
                f"that was started on {started}. --restart begins again."
            )
        return progress

    def _print_failure(self, failure: Failure, as_json: bool) -> None:
        """Print `failure` at once: a resumed run does not come to this file again."""
        line = f"{failure.model} {failure.pk}, {failure.file}: {failure.reason}"
        with tqdm.external_write_mode(file=sys.stderr):
            # With --json, standard output has nothing but the summary at the end.
            (self.stderr if as_json else self.stdout).write(line)
            self.stdout.flush()

    def _report(self, hashed: int, failures: list[Failure], seconds: float, as_json: bool) -> None:
        if as_json:
            failed = [asdict(failure) for failure in failures]
            summary = {"hashed": hashed, "failed": failed, "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps(summary, default=str))
            return
        self.stdout.write(f"{hashed} hashed, {len(failures)} failed, in {seconds:.1f} s.")


def _hashed(
    rows: Rows, source: str, progress: Progress | None, batch: int, workers: int
) -> Iterator[Failure | None]:
    """Hash the remaining `rows`, and yield for each its failure, None if it has none."""
    remaining = progress.remaining(rows) if progress else rows
    for instance, reason in _rehashed(
        _with_progress_bar(remaining, source, batch), source, workers
    ):
        is_gone = False
        try:
            is_gone = not reason and not save_rehashed(instance, source)
        except (OperationalError, InterfaceError):
            raise  # no file is at fault
        except Exception as error:  # noqa: BLE001 (reported; the next file goes on)
            reason = _reason(error)
        if progress:
            progress.passed(instance.pk)
        if not is_gone:
            yield _failure(instance, source, reason) if reason else None


def _rehashed(
    instances: Iterator[models.Model], source: str, workers: int
) -> Iterator[tuple[models.Model, str]]:
    """Yield `instances` with their new hashes, or with the reason why hashing failed."""

    def rehashed(instance: models.Model) -> tuple[models.Model, str]:
        try:
            rehash(instance, source)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (reported; the next file goes on)
            return instance, _reason(error)
        return instance, ""

    yield from in_threads(rehashed, instances, workers)


def _reason(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.message
    # Receivers write to storages, which raise whatever their services do.
    return f"Data derived from the file cannot be stored: {error}."


def _failure(instance: models.Model, source: str, reason: str) -> Failure:
    return Failure(instance._meta.label, instance.pk, str(getattr(instance, source)), reason)


def _models(name: str | None) -> list[type[models.Model]]:
    hashed = {model._meta.label: model for model in apps.get_models() if tracked_fields(model)}
    if name is None:
        return list(hashed.values())
    for label, model in hashed.items():
        if label.lower() == name.lower():
            return [model]
    raise CommandError(f"--model must be one of: {', '.join(hashed)}, not {name!r}.")


def _work(models_: list[type[models.Model]], missing: bool) -> Iterator[tuple[Rows, str]]:
    """Yield the rows and the file field to hash, with rows that managers hide."""
    for model in models_:
        for source in dict.fromkeys(field.source for field in tracked_fields(model)):
            rows: Rows = SimilarityQuerySet(model)
            yield rows.unhashed(source) if missing else rows.filter(**{f"{source}__gt": ""}), source


def _with_progress_bar(rows: Rows, source: str, batch: int) -> Iterator[models.Model]:
    label = f"{rows.model._meta.label}.{source}"
    # disable=None: no bar where standard error is not a terminal
    with tqdm(total=rows.count(), desc=label, unit="", file=sys.stderr, disable=None) as bar:
        for instance in _in_batches(rows, batch):
            yield instance
            bar.update()


def _in_batches(rows: Rows, batch: int) -> Iterator[models.Model]:
    """Yield `rows` by key, with no query open while they are processed."""
    portion = rows.order_by("pk")
    while instances := list(portion[:batch]):
        yield from instances
        portion = rows.order_by("pk").filter(pk__gt=instances[-1].pk)
