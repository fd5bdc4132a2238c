"""match_pictures: which pictures are the same, for all that were not compared yet."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from gallery import matching, suggestions
from gallery.models import Cluster, Image, Match


class Command(BaseCommand):
    help = (
        "Compare the pictures that were added or changed with all others, renew the clusters, and "
        "read the files of copies for what tells which one to keep. Interrupted, it goes on where "
        "it was. With --all everything is compared anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="compare all pictures, by one join")

    def handle(self, *, all: bool, **options: Any) -> None:
        if all or not matching.is_begun():
            self.stderr.write(f"Comparing all {Image.objects.count()} pictures …")
            matching.rebuild()
        self._catch_up()
        self._look_at_copies()
        self.stdout.write(f"Matches: {Match.objects.count()}. Clusters: {Cluster.objects.count()}.")

    def _catch_up(self) -> None:
        left = matching.catch_up(share=0, is_patient=True)
        with tqdm(total=left, file=self.stderr, disable=not self.stderr.isatty()) as bar:
            while left:
                before, left = left, matching.catch_up(share=matching.BATCH, is_patient=True)
                bar.total = max(bar.total, bar.n + before)
                bar.update(max(0, before - left))

    def _look_at_copies(self) -> None:
        clusters = suggestions.unseen_clusters()
        for key in tqdm(clusters, file=self.stderr, disable=not self.stderr.isatty()):
            suggestions.look_at_cluster(key)
