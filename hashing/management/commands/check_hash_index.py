"""check_hash_index: do log, triggers, columns and index agree?"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections

from hashing.index import Soundness, examined, tracked_models
from hashing.index import repair as repair_log


class Command(BaseCommand):
    help = (
        "Look whether searches for look-alikes can be trusted: are the triggers in place and does "
        "the log get every change, does the index hold what the columns hold, does it find what "
        "comparing with every hash finds. Exit code 1 if something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="make the triggers and begin the logs anew; all processes then load anew",
        )
        parser.add_argument(
            "--sample",
            type=int,
            default=20,
            metavar="N",
            help="hashes of each column to ask for (default: %(default)s)",
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections))
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, repair: bool, sample: int, database: str, **options: Any) -> None:
        if sample < 0:
            raise CommandError(f"--sample must be at least 0, not {sample}.")
        models = tracked_models(database)
        if not models:
            raise CommandError(
                f"The database {database!r} has no log of hashes: run migrate, on SQLite or "
                "PostgreSQL."
            )
        if repair:
            for model in models:
                repair_log(model, database, restart=True)
        told = [examined(model, database, sample) for model in models]
        wrong = sum(len(each.findings) for each in told)
        if options["json"]:
            answer = {"sound": not wrong, "repaired": repair, "models": list(map(asdict, told))}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write("\n".join(line for each in told for line in _lines(each)))
        if wrong:
            advice = "" if repair else " --repair makes triggers and logs anew."
            raise CommandError(f"{wrong} found.{advice}")


def _lines(told: Soundness) -> list[str]:
    state = "" if told.findings else ": all is well"
    head = f"{told.model}: {told.rows} rows, {told.log} changes in the log{state}."
    return [head, *(f"  {finding.kind}: {finding.message}" for finding in told.findings)]
