"""list_clusters: list the clusters of similar pictures."""

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery import matching
from gallery.clusters import ClusterFilters, VisibleClusters
from gallery.matching import (
    ClusterFacts,
    ClusterKind,
    cluster_facts,
    image_clusters,
)
from gallery.terminal import printable

# The hash field that confirms that pictures are the same.
CONFIRMING = "dct256"


class Command(BaseCommand):
    help = "List the clusters of similar pictures, the largest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", default="phash", help="the hash field to compare by")
        parser.add_argument(
            "--max-distance", type=int, default=10, help="the largest distance in bits, inclusive"
        )
        parser.add_argument(
            "--min-size", type=int, default=2, help="the fewest pictures in a cluster"
        )
        parser.add_argument(
            "--kind",
            default="",
            choices=["", *ClusterKind.values],
            help=(
                "bytes: same file; pixels: same pixels; copy: same picture, including framed or "
                "rotated copies; altered: the same picture with something changed; part: pictures "
                "that show a part of another one; near: similar pictures"
            ),
        )
        parser.add_argument("--format", default="table", choices=["table", "csv", "json"])

    def handle(
        self, *, by: str, max_distance: int, min_size: int, kind: str, format: str, **options: Any
    ) -> None:
        if kind in (ClusterKind.SAME_PICTURE, ClusterKind.ALTERED, ClusterKind.PART):
            matching.finish()
            # Equal files are the same picture too.
            listed = "" if kind == ClusterKind.SAME_PICTURE else kind
            filters = ClusterFilters(min_size=min_size, kind=listed, sort="size")
            clusters = VisibleClusters(None, filters).first()
            self._write(format, cluster_facts(clusters, CONFIRMING))
            return
        try:
            clusters = image_clusters(by, max_distance, min_size, kind)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self._write(format, cluster_facts(clusters, by))

    def _write(self, format: str, clusters: list[ClusterFacts]) -> None:
        write = {"table": self._write_table, "csv": self._write_csv, "json": self._write_json}
        write[format](clusters)

    def _write_json(self, clusters: list[ClusterFacts]) -> None:
        self.stdout.write(json.dumps({"clusters": clusters}))

    def _write_csv(self, clusters: list[ClusterFacts]) -> None:
        rows = csv.writer(self.stdout)
        rows.writerow(["cluster", "kind", "diameter", "id", "name", "source", "hash", "distance"])
        for number, cluster in enumerate(clusters, 1):
            facts = (number, cluster["kind"], cluster["diameter"])
            rows.writerows([*facts, *member.values()] for member in cluster["members"])

    def _write_table(self, clusters: list[ClusterFacts]) -> None:
        for number, cluster in enumerate(clusters, 1):
            label = str(ClusterKind(cluster["kind"]).label).lower()
            self.stdout.write(
                f"Cluster {number}: {len(cluster['members'])} pictures, {label}, "
                f"diameter {cluster['diameter']}"
            )
            for member in cluster["members"]:
                name = printable(member["source"] or member["name"])
                self.stdout.write(f"  {member['distance']:>3}  {member['hash']}  {name}")
        pictures = sum(len(cluster["members"]) for cluster in clusters)
        self.stdout.write(f"{len(clusters)} clusters of {pictures} pictures.")
