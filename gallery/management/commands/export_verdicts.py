"""export_verdicts: write all verdicts, as a backup or for another site."""

from typing import Any

from django.core.management.base import BaseCommand

from gallery.review import exported


class Command(BaseCommand):
    help = "Write the verdicts that people gave as lines of JSON, for import_verdicts."

    def handle(self, **options: Any) -> None:
        for line in exported():
            self.stdout.write(line)
