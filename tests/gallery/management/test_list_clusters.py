"""list_clusters: what it prints, and its arguments."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from gallery.management.commands import list_clusters
from gallery.matching.computed_clusters import ImageCluster, image_clusters
from gallery.models import Image
from tests.gallery.commands import ESCAPED, UNPRINTABLE, run

AddImage = Callable[..., Image]


@pytest.fixture(autouse=True)
def _imported(db: None, folder: Path) -> None:
    run("import_images", str(folder))


def test_json() -> None:
    (cluster,) = json.loads(run("list_clusters", "--format", "json"))["clusters"]
    assert (cluster["diameter"], cluster["kind"]) == (0, "bytes")
    assert cluster["representative"] == cluster["members"][0]["id"]
    assert [member["source"] for member in cluster["members"]] == [
        "holiday/beach.jpg",
        "holiday/day 1/beach copy.jpg",
    ]
    assert set(cluster["members"][0]) == {"id", "name", "source", "hash", "distance"}


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(run("list_clusters", "--format", "csv"))))
    assert [row["name"] for row in rows] == ["beach.jpg", "beach copy.jpg"]
    assert {row["cluster"] for row in rows} == {"1"}


def test_table() -> None:
    out = run("list_clusters")
    assert "Cluster 1: 2 pictures, same file, diameter 0" in out
    assert out.endswith("1 clusters of 2 pictures.\n")


def test_names_command_no_terminal() -> None:
    Image.objects.filter(source="holiday/beach.jpg").update(source=UNPRINTABLE)
    assert f"  {ESCAPED}\n" in run("list_clusters")


@pytest.mark.parametrize(("gone", "left"), [(0, 2), (2, 2), (slice(0, 2), 0)])
def test_pictures_that_are_deleted_meanwhile_are_left_out(
    add_image: AddImage, monkeypatch: pytest.MonkeyPatch, gone: Any, left: int
) -> None:
    add_image(1)

    def found(*arguments: Any) -> list[ImageCluster]:
        (cluster,) = image_clusters(*arguments)
        deleted = cluster.keys[gone]
        Image.objects.filter(pk__in=deleted if left == 0 else [deleted]).delete()
        return [cluster]

    monkeypatch.setattr(list_clusters, "image_clusters", found)
    clusters = json.loads(run("list_clusters", "--format", "json"))["clusters"]
    assert [len(cluster["members"]) for cluster in clusters] == [left] * bool(left)
    for cluster in clusters:
        assert cluster["representative"] == cluster["members"][0]["id"]


def test_min_size() -> None:
    assert json.loads(run("list_clusters", "--min-size", "3", "--format", "json")) == {
        "clusters": []
    }


def test_wrong_argument_is_named() -> None:
    with pytest.raises(CommandError, match="must be from 0 to 64, not 99"):
        run("list_clusters", "--max-distance", "99")


@pytest.mark.slow
def test_edited_copies_are_found_and_different_pictures_apart(db: None, corpus: Path) -> None:
    imported = json.loads(
        run("import_images", str(corpus / "distinct"), str(corpus / "edits"), "--json")
    )
    assert (imported["unchanged"], imported["rejected"]) == (0, 0)
    clusters = json.loads(run("list_clusters", "--format", "json"))["clusters"]
    number_of = {
        member["source"]: number
        for number, cluster in enumerate(clusters)
        for member in cluster["members"]
    }
    with (corpus / "edits.csv").open() as file:
        pairs = [(row["edited"], row["original"]) for row in csv.DictReader(file)]
    together = sum(
        number_of.get(edited, -1) == number_of.get(original) for edited, original in pairs
    )
    assert together >= 0.69 * len(pairs)
    distinct = [number for source, number in number_of.items() if source.startswith("distinct")]
    assert len(distinct) == len(set(distinct))
