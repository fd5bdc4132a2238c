"""check_integrity: compare the database with the stored files."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from gallery.files import Finding, file_findings, row_findings
from gallery.models import Image
from gallery.terminal import add_workers_argument, printable, with_progress, write_beside_progress

# In hours: about a century. Much longer, and dates would overflow.
MAX_GRACE = 1_000_000


@dataclass
class Report:
    """How many pictures and files were checked, and the findings."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def repaired(self) -> int:
        return sum(finding.is_repaired for finding in self.findings)

    @property
    def remaining(self) -> int:
        return len(self.findings) - self.repaired

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {
            "checked": self.checked,
            "found": len(self.findings),
            "mended": self.repaired,
            "findings": [
                {
                    "kind": finding.kind,
                    "subject": finding.subject,
                    "message": finding.message,
                    "mended": finding.is_repaired,
                }
                for finding in self.findings
            ],
        }

    def __str__(self) -> str:
        checked = " and ".join(_counted(count, label) for label, count in self.checked.items())
        problems = _counted(len(self.findings), "problems")
        return f"Checked {checked}: {problems}, {self.repaired} repaired."


class Command(BaseCommand):
    help = (
        "Compare every picture with its file, and every stored file with the database, and report "
        "what is missing, left over, changed or wrongly hashed. Without --repair nothing is "
        "changed, and nothing is ever deleted. The exit code is 1 if any problem remains."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="recompute wrong columns, and move files without a picture to lost-and-found/",
        )
        parser.add_argument(
            "--grace",
            type=float,
            default=24,
            metavar="HOURS",
            help="ignore younger files without a picture, which may be uploads in progress "
            "(default: %(default)s)",
        )
        add_workers_argument(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, repair: bool, grace: float, workers: int, **options: Any) -> None:
        if not 0 <= grace <= MAX_GRACE:
            raise CommandError(f"--grace must be from 0 to {MAX_GRACE} hours, not {grace:g}.")
        report = Report()
        out = None if options["json"] else self.stdout
        rows = row_findings(repair=repair, workers=workers)
        _check(report, "pictures", rows, out, total=Image._base_manager.count())
        # Files come second, because repairing a row can change the keys of its renditions.
        files = file_findings(repair=repair, grace=timedelta(hours=grace))
        _check(report, "files", files, out)
        self.stdout.write(json.dumps(report.as_dict()) if options["json"] else str(report))
        if report.remaining:
            problems = _counted(len(report.findings), "problems")
            raise CommandError(f"{report.remaining} of {problems} not repaired.")


def _check(
    report: Report,
    label: str,
    checked: Iterable[list[Finding]],
    out: OutputWrapper | None,
    total: int | None = None,
) -> None:
    """Add what was `checked` to the report, and print each finding to `out`."""
    report.checked[label] = 0
    for findings in with_progress(checked, label, total):
        report.checked[label] += 1
        report.findings += findings
        if out:
            for finding in findings:
                write_beside_progress(out, _line(finding))


def _counted(number: int, plural: str) -> str:
    return f"{number} {plural.removesuffix('s') if number == 1 else plural}"


def _line(finding: Finding) -> str:
    repaired = " Repaired." if finding.is_repaired else ""
    return printable(f"{finding.kind}: {finding.subject}: {finding.message}{repaired}")
