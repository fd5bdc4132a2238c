"""match_pictures: find out which pictures are the same."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from gallery import matching, suggestions
from gallery.models import Cluster, Image, Match


class Command(BaseCommand):
    help = (
        "Compare pictures that were added or changed with all others, update the clusters, and "
        "examine copies to suggest which one to keep. You can interrupt it at any time; run it "
        "again and it resumes where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="compare every picture again from scratch"
        )

    def handle(self, *, all: bool, **options: Any) -> None:
        if all or not matching.is_begun():
            self.stderr.write(f"Comparing all {Image.objects.count()} pictures …")
            matching.rebuild()
        self._compare_pending()
        self._examine_copies()
        self.stdout.write(f"Matches: {Match.objects.count()}. Clusters: {Cluster.objects.count()}.")

    def _compare_pending(self) -> None:
        left = matching.catch_up(share=0, is_patient=True)
        with tqdm(total=left, file=self.stderr, disable=not self.stderr.isatty()) as bar:
            while left:
                before, left = left, matching.catch_up(share=matching.BATCH, is_patient=True)
                bar.total = max(bar.total, bar.n + before)
                bar.update(max(0, before - left))

    def _examine_copies(self) -> None:
        clusters = suggestions.unexamined_clusters()
        for key in tqdm(clusters, file=self.stderr, disable=not self.stderr.isatty()):
            suggestions.examine_cluster(key)
