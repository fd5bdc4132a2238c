"""check_hash_index: audit the triggers, logs, columns and indexes of hash fields."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections

from hashing.index import Audit, audit_of, tracked_models
from hashing.index import repair as repair_log


class Command(BaseCommand):
    help = (
        "Check whether similarity searches can be trusted: the triggers are in place and log "
        "every change, the indexes hold the same hashes as the columns, and a search finds the "
        "same rows as comparing every hash. The exit code is 1 if something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="make the triggers again and begin new logs; all processes then reload",
        )
        parser.add_argument(
            "--sample",
            type=int,
            default=20,
            metavar="N",
            help="hashes of each column to search for (default: %(default)s)",
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help="the database to check (default: %(default)s)",
        )
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
        audits = [audit_of(model, database, sample) for model in models]
        wrong = sum(len(audit.findings) for audit in audits)
        if options["json"]:
            answer = {"sound": not wrong, "repaired": repair, "models": list(map(asdict, audits))}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write("\n".join(line for audit in audits for line in _lines(audit)))
        if wrong:
            problems = "1 problem" if wrong == 1 else f"{wrong} problems"
            advice = "" if repair else " --repair makes the triggers and logs again."
            raise CommandError(f"{problems} found.{advice}")


def _lines(audit: Audit) -> list[str]:
    state = "" if audit.findings else ": all is well"
    head = f"{audit.model}: {audit.rows} rows, {audit.log} changes in the log{state}."
    return [head, *(f"  {finding.kind}: {finding.message}" for finding in audit.findings)]
