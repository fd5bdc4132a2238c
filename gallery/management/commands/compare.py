"""compare: find out which pictures are the same."""

from argparse import SUPPRESS, ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.utils.formats import date_format
from django.utils.timezone import localtime
from tqdm import tqdm

from gallery import matching, worker
from gallery.models import Cluster, Image, Match, TaskReport
from gallery.worker import Task

# Seconds between two moves of the progress bar.
STEP_SECONDS = 0.5


class Command(BaseCommand):
    help = (
        "Compare pictures that were added or changed with all others, update the clusters, and "
        "read the files of copies to suggest which one to keep. You can interrupt it at any "
        "time; run it again and it resumes where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        modes = parser.add_mutually_exclusive_group()
        modes.add_argument(
            "--all", action="store_true", help="compare every picture again from scratch"
        )
        modes.add_argument(
            "--follow", action="store_true", help="run as a service: wait for changes and go on"
        )
        modes.add_argument(
            "--status", action="store_true", help="say which process works and what is left"
        )
        # The server that starts this process holds the lease with this token.
        parser.add_argument("--lease", type=UUID, help=SUPPRESS)

    def handle(
        self, *, all: bool, follow: bool, status: bool, lease: UUID | None, **options: Any
    ) -> None:
        if status:
            self._print_status()
        elif lease is not None:
            worker.work_for_server(lease)
        elif follow:
            worker.serve()
        else:
            self._compare(from_scratch=all or not matching.is_begun())

    def _compare(self, *, from_scratch: bool) -> None:
        if from_scratch:
            self.stderr.write(f"Comparing all {Image.objects.count()} pictures …")
            matching.rebuild()
        worker.finish(self._finish)
        self.stdout.write(f"Matches: {Match.objects.count()}. Clusters: {Cluster.objects.count()}.")

    def _finish(self, task: Task) -> None:
        label, is_hidden = task.name.capitalize(), not self.stderr.isatty()
        with tqdm(total=task.remaining(), desc=label, file=self.stderr, disable=is_hidden) as bar:
            while task.do_some(STEP_SECONDS):
                left = task.remaining()
                bar.total = max(bar.total, left)
                bar.update(bar.total - left - bar.n)

    def _print_status(self) -> None:
        if (leader := worker.leader()) is None:
            self.stdout.write("No process works in the background.")
        else:
            since = date_format(localtime(leader.since), "DATETIME_FORMAT") if leader.since else ""
            self.stdout.write(f"At work: {leader}, since {since}.")
        errors = dict(TaskReport.objects.values_list("name", "error"))
        for task in worker.all_tasks():
            self.stdout.write(f"{task.name.capitalize()}: {task.remaining()} left.")
            if error := errors.get(task.name):
                self.stdout.write(f"  It failed last time: {error}")
