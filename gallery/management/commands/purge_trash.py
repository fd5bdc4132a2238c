"""purge_trash: permanently delete pictures that have been in the trash long enough; for cron."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from gallery.conf import setting
from gallery.library import expired, purge


class Command(BaseCommand):
    help = "Permanently delete pictures after GALLERY['TRASH_DAYS'] days in the trash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="use this number of days instead")
        parser.add_argument("--dry-run", action="store_true", help="only report, delete nothing")

    def handle(self, *, days: int | None, dry_run: bool, **options: Any) -> None:
        days = setting("TRASH_DAYS") if days is None else days
        if not 0 <= days <= 36500:
            raise CommandError(f"--days must be from 0 to 36500, not {days}.")
        images = expired(days)
        size = images.aggregate(size=Sum("byte_size"))["size"] or 0
        count = images.count() if dry_run else purge(images)
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        verb = "would be deleted" if dry_run else "deleted permanently"
        amount = filesizeformat(size).replace("\N{NO-BREAK SPACE}", " ")
        self.stdout.write(f"{pictures} {verb} ({amount}), after {days} days or more in the trash.")
