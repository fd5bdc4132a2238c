"""purge_trash: delete for ever what has been in the trash for long enough; for cron."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from gallery.conf import setting
from gallery.library import expired, purge


class Command(BaseCommand):
    help = "Delete for ever what has been in the trash for GALLERY['TRASH_DAYS'] days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="another number of days")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *, days: int | None, dry_run: bool, **options: Any) -> None:
        days = setting("TRASH_DAYS") if days is None else days
        if not 0 <= days <= 36500:
            raise CommandError(f"--days must be from 0 to 36500, not {days}.")
        images = expired(days)
        size = images.aggregate(size=Sum("byte_size"))["size"] or 0
        count = images.count() if dry_run else purge(images)
        did = "would be deleted" if dry_run else "deleted for ever"
        amount = filesizeformat(size).replace("\N{NO-BREAK SPACE}", " ")
        self.stdout.write(f"{count} pictures {did} ({amount}), in the trash for {days} days.")
