"""Hash the files that are stored already."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, models
from tqdm import tqdm

from hashing.decoding_threads import in_threads
from hashing.exceptions import Refusal
from hashing.querysets import SimilarityQuerySet
from hashing.receivers import rehash, save_rehashed
from hashing.triggers import tracked_fields


@dataclass(frozen=True)
class Failure:
    """A file without hashes, and why."""

    model: str
    pk: int
    file: str
    reason: str


class Command(BaseCommand):
    help = (
        "Compute the hash fields of stored files, as saving them does. "
        "Stop it when you like: --missing goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--missing", action="store_true", help="only where a hash is missing")
        which.add_argument("--all", action="store_true", help="every file, hashed or not")
        parser.add_argument(
            "--model", metavar="app.Model", help="only this one; otherwise all with hash fields"
        )
        parser.add_argument(
            "--batch", type=int, default=500, metavar="N", help="rows to read at a time"
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="threads that decode (default: one a processor, %(default)s)",
        )
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="print one JSON object"
        )

    def handle(
        self, *, missing: bool, model: str | None, batch: int, workers: int, as_json: bool, **_: Any
    ) -> None:
        if batch < 1:
            raise CommandError(f"--batch must be at least 1, not {batch}.")
        if workers < 1:
            raise CommandError(f"--workers must be at least 1, not {workers}.")
        begin = time.monotonic()
        hashed, failures = 0, []
        for rows, source in _work(_models(model), missing):
            instances = _with_progress(rows, source, batch)
            for instance, reason in _rehashed(instances, source, workers):
                try:
                    hashed += not reason and save_rehashed(instance, source)
                except (OperationalError, InterfaceError):
                    raise  # not the fault of any file
                except Exception as error:
                    reason = _reason(error)
                if reason:
                    failures.append(_failure(instance, source, reason))
        self._report(hashed, failures, time.monotonic() - begin, as_json)

    def _report(self, hashed: int, failures: list[Failure], seconds: float, as_json: bool) -> None:
        if as_json:
            failed = [asdict(failure) for failure in failures]
            summary = {"hashed": hashed, "failed": failed, "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps(summary))
            return
        for failure in failures:
            self.stdout.write(f"{failure.model} {failure.pk}, {failure.file}: {failure.reason}")
        self.stdout.write(f"{hashed} hashed, {len(failures)} failed, in {seconds:.1f} s.")


def _rehashed(
    instances: Iterator[models.Model], source: str, workers: int
) -> Iterator[tuple[models.Model, str]]:
    """Yield `instances` as `rehash` leaves them, or with the reason why it failed."""

    def rehashed(instance: models.Model) -> tuple[models.Model, str]:
        try:
            rehash(instance, source)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            return instance, _reason(error)
        return instance, ""

    yield from in_threads(rehashed, instances, workers)


def _reason(error: Exception) -> str:
    # Receivers write to storages, which raise whatever their services do.
    is_refusal = isinstance(error, Refusal)
    return error.message if is_refusal else f"What follows from the file cannot be stored: {error}."


def _failure(instance: models.Model, source: str, reason: str) -> Failure:
    return Failure(instance._meta.label, instance.pk, str(getattr(instance, source)), reason)


def _models(name: str | None) -> list[type[models.Model]]:
    known = {model._meta.label: model for model in apps.get_models() if tracked_fields(model)}
    if name is None:
        return list(known.values())
    for label, model in known.items():
        if label.lower() == name.lower():
            return [model]
    raise CommandError(f"--model must be one of: {', '.join(known)}, not {name!r}.")


def _work(
    models_: list[type[models.Model]], missing: bool
) -> Iterator[tuple[SimilarityQuerySet, str]]:
    """Yield the rows to hash and the file field to hash, past managers that hide rows."""
    for model in models_:
        for source in dict.fromkeys(field.source for field in tracked_fields(model)):
            rows = SimilarityQuerySet(model)
            yield rows.unhashed(source) if missing else rows.filter(**{f"{source}__gt": ""}), source


def _with_progress(rows: SimilarityQuerySet, source: str, batch: int) -> Iterator[models.Model]:
    label = f"{rows.model._meta.label}.{source}"
    # disable=None: none where standard error is no terminal
    with tqdm(total=rows.count(), desc=label, unit="", file=sys.stderr, disable=None) as bar:
        for instance in _in_batches(rows, batch):
            yield instance
            bar.update()


def _in_batches(rows: SimilarityQuerySet, batch: int) -> Iterator[models.Model]:
    """Yield `rows` by key, with no query open while they are worked on."""
    portion = rows.order_by("pk")
    while found := list(portion[:batch]):
        yield from found
        portion = rows.order_by("pk").filter(pk__gt=found[-1].pk)
