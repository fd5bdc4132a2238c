"""
How long pages take, and how many queries they ask, among many pictures.

    python benchmarks/pages.py --n 100000 [--json]

Rows with made-up hashes fill a scratch database, a fifth as many clusters among them. Each page is
asked for through Django's test client by a superuser; medians of CPU time in milliseconds.
"""

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

sys.path.insert(0, str(Path(__file__).parent.parent))

REPEATS = 5
# What the list of duplicates is narrowed and sorted by, one at a time.
NARROWED = (
    *(("kind", "picture"), ("min_size", 3), ("widest_from", 20), ("widest_to", 24)),
    *(("owner", "root"), ("album", "Trip"), ("since", "2020-01-01")),
    *(("sort", "size"), ("sort", "tightest"), ("sort", "newest")),
)


def pictures(count: int) -> Iterator[Any]:
    """Yield unsaved pictures: a fifth as many families of three, all others alone."""
    from gallery.models import Image
    from hashing.perceptual_hash import PerceptualHash

    rng = np.random.default_rng(1)
    families = count // 5
    for number in range(count):
        family = number % families if number < 3 * families else number
        scene = np.random.default_rng([7, family])
        small, large = (int.from_bytes(scene.bytes(size), "big") for size in (8, 32))
        for bit in rng.choice(256, 12, replace=False) if number >= families else ():
            large ^= 1 << int(bit)
        digest = f"px1:{number}"
        yield Image(
            title=f"Picture {number}",
            file=f"originals/{number}.jpg",
            format="JPEG",
            width=4000,
            height=3000,
            byte_size=int(rng.integers(1_000_000, 9_000_000)),
            sha256=digest,
            content_digest=digest,
            phash=PerceptualHash(small),
            dct256=PerceptualHash(large, 256),
        )


def measured(ask: Callable[[], Any]) -> tuple[float, int]:
    """Return the median CPU time of `ask` in milliseconds, and its queries."""
    from django.db import connection

    asked = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*arguments)

    ask()
    with connection.execute_wrapper(count):
        ask()
    assert asked, "Every page asks the database something; the count is wrong."
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        ask()
        times.append(1000 * (time.process_time() - start))
    return round(statistics.median(times), 1), asked


def jpeg(seed: int) -> bytes:
    """Return a JPEG of about five megabytes."""
    rng = np.random.default_rng(seed)
    coarse = PillowImage.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    levels = np.asarray(coarse.resize((4000, 3000), PillowImage.Resampling.BICUBIC)).astype(int)
    levels = np.clip(levels + rng.integers(-18, 19, levels.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    PillowImage.fromarray(levels).save(file, "JPEG", quality=85)
    return file.getvalue()


def run(count: int) -> dict[str, Any]:
    from django.contrib.auth import get_user_model
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command
    from django.test import Client

    from gallery import matches
    from gallery.models import Album, Cluster, Image
    from gallery.shown_clusters import ShownClusters

    call_command("migrate", verbosity=0)
    Image.objects.bulk_create(pictures(count), batch_size=2000)
    start = time.process_time()
    matches.rebuild()
    rebuild_s = round(time.process_time() - start, 1)
    client = Client()

    anonymous = Client()

    def page(address: str, by: Client = client, **query: Any) -> None:
        answer = by.get(address, query)
        assert answer.status_code == 200, answer.status_code

    root = get_user_model().objects.create_superuser("root", password="root")
    client.force_login(root)
    some = Image.objects.filter(pk__in=range(1, count, 100))
    some.update(owner=root)
    Album.objects.create(name="Trip", slug="trip").images.set(some[:50])
    matches.catch_up()
    one = Cluster.objects.order_by("pk")[:1].get()
    address = Image.objects.get(pk=one.representative_id).get_absolute_url()
    duplicates = "/admin/gallery/image/duplicates/"
    files = iter([jpeg(seed) for seed in range(REPEATS + 2)])

    def upload() -> None:
        answer = client.post(
            "/upload/",
            {"file": SimpleUploadedFile("a.jpg", next(files))},
            headers={"accept": "application/json"},
        )
        assert answer.status_code == 201, answer.content

    undecided = iter(list(Cluster.objects.order_by("bytes_to_free")[: REPEATS + 2]))
    script = {"headers": {"hx-request": "true"}}
    cursor = ShownClusters(None)[:10][-1].cursor
    deep = len(ShownClusters(None)) * 3 // 4
    far = ShownClusters(None)[deep : deep + 1][0].cursor

    def decide() -> None:
        keys = next(undecided).memberships.values_list("image_id", flat=True)
        said = {f"choice-{key}": "related" for key in keys}
        answer = client.post(duplicates, said, headers={"accept": "application/json"})
        assert answer.json()["decision"], answer.content

    def bulk() -> None:
        answer = client.post(f"{duplicates}bulk/", {"bulk": "picture"})
        assert answer.status_code == 200, answer.status_code

    asked = {
        "grid": lambda: page("/"),
        "grid of copies": lambda: page("/", sort="oldest"),
        "detail": lambda: page(address),
        "list": lambda: page(duplicates),
        "list goes on": lambda: client.get(duplicates, {"after": cursor}, **script),
        "decide": decide,
        "cluster": lambda: page(duplicates, cluster=one.representative_id),
        "list far down": lambda: client.get(duplicates, {"after": far}, **script),
        **{
            f"list {name}={value}": lambda asked={name: value}: page(duplicates, **asked)
            for name, value in NARROWED
        },
        "history": lambda: page(f"{duplicates}history/"),
        "bulk": bulk,
        "upload": upload,
        "anonymous grid": lambda: page("/", by=anonymous),
        "anonymous detail": lambda: page(address, by=anonymous),
    }
    found = {name: measured(ask) for name, ask in asked.items()}
    return {
        "n": count,
        "clusters": Cluster.objects.count(),
        "rebuild_s": rebuild_s,
        "ms": {name: ms for name, (ms, _) in found.items()},
        "queries": {name: queries for name, (_, queries) in found.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--n", type=int, default=100_000, help="pictures in the gallery")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/pages.sqlite3",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "0",
            "ALLOWED_HOSTS": "testserver",
            "SECRET_KEY": "only-for-this-run",
        }
        import django

        django.setup()
        result = run(options.n)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['n']} pictures, {result['clusters']} clusters")
    for name, ms in result["ms"].items():
        print(f"  {name:<22} {ms:>8.1f} ms {result['queries'][name]:>4} queries")


if __name__ == "__main__":
    main()
