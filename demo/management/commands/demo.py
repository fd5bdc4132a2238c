"""Set up the demonstration and serve it, or check what the gallery finds in it."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from demo.check import checked
from demo.collection import DemoPicture
from demo.serving import require_free, serve, welcome
from demo.site import fill, superuser_password


class Command(BaseCommand):
    """Prepares the database, fills an empty gallery, and becomes the web server."""

    help = (
        "Prepare the database, fill an empty gallery with pictures drawn by code, copies and "
        "collages of them, and serve it. Running it again keeps your data."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port to serve at")
        parser.add_argument(
            "--check",
            action="store_true",
            help="print what is found instead of serving, and fail if a copy or part is missed or "
            "different pictures are called the same",
        )
        parser.add_argument("--json", action="store_true", help="print the check as JSON")

    def handle(self, *, port: int, check: bool, **options: Any) -> None:
        serves = not (check or options["json"])
        if serves:
            require_free(port)
        call_command("migrate", verbosity=0)
        password = superuser_password()
        fill(self._progress)
        if serves:
            self.stdout.write(welcome(port, password))
            serve(port)
        report = checked()
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else report.as_text())
        if report.missed:
            raise CommandError(f"Missed: {', '.join(report.missed)}.")
        if report.mistaken:
            raise CommandError(f"Taken for the same picture: {', '.join(report.mistaken)}.")

    def _progress(self, pictures: list[DemoPicture]) -> Iterable[DemoPicture]:
        self.stderr.write(f"Drawing {len(pictures)} pictures …")
        shown: Iterable[DemoPicture] = tqdm(
            pictures, file=self.stderr, disable=not self.stderr.isatty()
        )
        return shown
