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
from django.utils.formats import date_format
from django.utils.timezone import localtime
from tqdm import tqdm

from hashing.checkpoints import Place, forget, place_of
from hashing.decoding_pool import in_threads
from hashing.exceptions import Refusal
from hashing.index import tracked_fields
from hashing.querysets import SimilarityQuerySet
from hashing.receivers import rehash, save_rehashed


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
        "Stop it when you like: the same command goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--missing", action="store_true", help="only where a hash is missing")
        which.add_argument("--all", action="store_true", help="every file, hashed or not")
        parser.add_argument(
            "--restart", action="store_true", help="with --all: do not go on with a stopped run"
        )
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
        self, *, missing: bool, restart: bool, model: str | None, as_json: bool, **options: Any
    ) -> None:
        for name in ("batch", "workers"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be at least 1, not {options[name]}.")
        if restart and missing:
            raise CommandError("--restart goes with --all; --missing has nothing to begin anew.")
        begin = time.monotonic()
        hashed, failures, places = 0, [], []
        for rows, source in _work(_models(model), missing):
            place = None
            if not missing:
                places.append(place := self._place(rows, source, restart))
            for failure in _hashed(rows, source, place, options["batch"], options["workers"]):
                hashed += failure is None
                if failure:
                    failures.append(failure)
                    self._tell(failure, as_json)
        forget(places)
        self._report(hashed, failures, time.monotonic() - begin, as_json)

    def _place(self, rows: SimilarityQuerySet, source: str, restart: bool) -> Place:
        place = place_of(rows, source, restart=restart)
        if place.is_resumed:
            begun = date_format(localtime(place.run.started_at), "j F Y, H:i")
            self.stderr.write(
                f"{place.run.model}.{source}: going on after row {place.run.after} of the run "
                f"that began on {begun} and was stopped. --restart begins anew."
            )
        return place

    def _tell(self, failure: Failure, as_json: bool) -> None:
        """Print `failure` now: a run that goes on later does not come here again."""
        line = f"{failure.model} {failure.pk}, {failure.file}: {failure.reason}"
        with tqdm.external_write_mode(file=sys.stderr):
            # A program that is killed reads this from the errors.
            (self.stderr if as_json else self.stdout).write(line)
            self.stdout.flush()

    def _report(self, hashed: int, failures: list[Failure], seconds: float, as_json: bool) -> None:
        if as_json:
            failed = [asdict(failure) for failure in failures]
            summary = {"hashed": hashed, "failed": failed, "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps(summary))
            return
        self.stdout.write(f"{hashed} hashed, {len(failures)} failed, in {seconds:.1f} s.")


def _hashed(
    rows: SimilarityQuerySet, source: str, place: Place | None, batch: int, workers: int
) -> Iterator[Failure | None]:
    """Hash `rows` from `place` on, and yield for each why it failed, None if it did not."""
    remaining = place.remaining(rows) if place else rows
    for instance, reason in _rehashed(_with_progress(remaining, source, batch), source, workers):
        has_gone = False
        try:
            has_gone = not reason and not save_rehashed(instance, source)
        except (OperationalError, InterfaceError):
            raise  # not the fault of any file
        except Exception as error:
            reason = _reason(error)
        if place:
            place.passed(instance.pk)
        if not has_gone:
            yield _failure(instance, source, reason) if reason else None


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
