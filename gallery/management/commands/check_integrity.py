"""check_integrity: do the database and the stored files agree?"""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from tqdm import tqdm

from gallery.files import Finding, file_findings, row_findings
from gallery.models import Image
from gallery.terminal import printable

# In hours, about a century; calendars end not far behind.
MAX_GRACE = 1_000_000


@dataclass
class Report:
    """What was checked, and what was found."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def unmended(self) -> int:
        return sum(not finding.is_mended for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        return {
            "checked": self.checked,
            "found": len(self.findings),
            "mended": len(self.findings) - self.unmended,
            "findings": [
                {
                    "kind": finding.kind,
                    "subject": finding.subject,
                    "message": finding.message,
                    "mended": finding.is_mended,
                }
                for finding in self.findings
            ],
        }


class Command(BaseCommand):
    help = (
        "Compare every picture with its file, and every stored file with the pictures: what is "
        "missing, left over, changed or hashed wrongly. Changes nothing without --repair; deletes "
        "nothing ever. Exit code 1 if something is found that is not mended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="compute wrong columns anew, move files without a picture to lost-and-found/",
        )
        parser.add_argument(
            "--grace",
            type=float,
            default=24,
            metavar="HOURS",
            help="pass over younger files without a picture: it may be on its way (%(default)s)",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="threads that decode (default: one a processor, %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, repair: bool, grace: float, workers: int, **options: Any) -> None:
        if workers < 1:
            raise CommandError(f"--workers must be at least 1, not {workers}.")
        if not 0 <= grace <= MAX_GRACE:
            raise CommandError(f"--grace must be from 0 to {MAX_GRACE} hours, not {grace:g}.")
        report = Report()
        out = None if options["json"] else self.stdout
        rows = row_findings(repair=repair, workers=workers)
        total = Image._base_manager.count()
        self._check(report, "pictures", rows, out, total)
        # The files second: a mended row has other renditions than it had.
        files = file_findings(repair=repair, grace=timedelta(hours=grace))
        self._check(report, "files", files, out)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
        else:
            self.stdout.write(_summary(report))
        if report.unmended:
            raise CommandError(f"{report.unmended} of {len(report.findings)} are not mended.")

    def _check(
        self,
        report: Report,
        what: str,
        found: Iterable[list[Finding]],
        out: OutputWrapper | None,
        total: int | None = None,
    ) -> None:
        report.checked[what] = 0
        # disable=None: none where standard error is no terminal
        for findings in tqdm(found, what, total, unit="", file=sys.stderr, disable=None):
            report.checked[what] += 1
            report.findings += findings
            if out and findings:
                with tqdm.external_write_mode(file=sys.stderr):
                    out.write("\n".join(map(_line, findings)))


def _line(finding: Finding) -> str:
    mended = " Mended." if finding.is_mended else ""
    return printable(f"{finding.kind}: {finding.subject}: {finding.message}{mended}")


def _summary(report: Report) -> str:
    checked = " and ".join(f"{count} {what}" for what, count in report.checked.items())
    found, mended = len(report.findings), len(report.findings) - report.unmended
    return f"Checked {checked}: {found} found, {mended} mended."
