"""
How many pictures a second does `import_images` store, compared with the loop of tutorials?

    .venv/bin/python benchmarks/import_throughput.py DIR [--pictures N] [--rounds N] [--json]

The naive loop opens each file five times, once for each hash, decodes every pixel and creates one
row for each file. It checks nothing, computes no digests and makes no renditions. "With thumbnails"
it also makes three WebP files from each file. `import_images` does all of that, and adds checks,
digests and the columns for matching. Each way stores the same files in an empty gallery; they take
turns.
"""

import argparse
import io
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
VAR_DIR = Path(tempfile.mkdtemp(prefix="import-throughput-"))
os.environ.update(VAR_DIR=str(VAR_DIR), DJANGO_SETTINGS_MODULE="config.settings")
os.environ.pop("DATABASE_URL", None)

import django

django.setup()

import imagehash
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models.signals import pre_save
from PIL import Image as PillowImage

from gallery.files import METHOD, QUALITY, SIZES
from gallery.models import Image
from gallery.uploads import SourceFiles
from hashing.fingerprints import PerceptualHash
from hashing.receivers import hash_files

HASHES = {
    "ahash": imagehash.average_hash,
    "dhash": imagehash.dhash,
    "phash": imagehash.phash,
    "whash": imagehash.whash,
    "colorhash": imagehash.colorhash,
}


@dataclass(frozen=True)
class Cost:
    """The time that one way of storing all pictures took, on the clock and of the processors."""

    seconds: float
    cpu_seconds: float


def main() -> None:
    options = _options()
    try:
        paths = _copied(options.folder, options.pictures)
        call_command("migrate", verbosity=0)
        report = _report(paths, options.rounds, _measured(paths, options.rounds))
    finally:
        shutil.rmtree(VAR_DIR)
    print(json.dumps(report) if options.json else _table(report))


def _report(paths: list[Path], rounds: int, measured: dict[str, Cost]) -> dict[str, Any]:
    wall = {name: cost.seconds / len(paths) for name, cost in measured.items()}
    cpu = {name: cost.cpu_seconds / len(paths) for name, cost in measured.items()}
    rival = "naive with thumbnails"
    return {
        "pictures": len(paths),
        "megapixels": round(statistics.median(map(_megapixels, paths)), 1),
        "rounds": rounds,
        "processors": os.cpu_count(),
        "pictures_a_second": {name: round(1 / each, 1) for name, each in wall.items()},
        "cpu_ms_a_picture": {name: round(1000 * each, 1) for name, each in cpu.items()},
        # Ratios of CPU time, which other processes disturb least; for two threads of clock time.
        "naive_ratio": round(cpu["naive"] / cpu["one worker"], 2),
        "naive_with_thumbnails_ratio": round(cpu[rival] / cpu["one worker"], 2),
        "two_workers_ratio": round(wall[rival] / wall["two workers"], 2),
        "speedup_of_the_second": round(wall["one worker"] / wall["two workers"], 2),
    }


def _megapixels(path: Path) -> float:
    with PillowImage.open(path) as image:
        return image.width * image.height / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--pictures", type=int, default=200, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _copied(folder: Path, number: int) -> list[Path]:
    """Copy the first `number` pictures of `folder` to where each way reads them."""
    album = VAR_DIR / "album"
    album.mkdir()
    found = [file.path for file in SourceFiles([folder])][:number]
    if not found:
        sys.exit(f"There are no pictures in {folder}.")
    return [Path(shutil.copy(path, album / f"{i:06}{path.suffix}")) for i, path in enumerate(found)]


def _measured(paths: list[Path], rounds: int) -> dict[str, Cost]:
    """Return the cost of each way: the medians of `rounds`, in which the ways take turns."""
    ways: dict[str, Callable[[], None]] = {
        "naive": lambda: _naive(paths, with_thumbnails=False),
        "naive with thumbnails": lambda: _naive(paths, with_thumbnails=True),
        "one worker": lambda: _import(1),
        "two workers": lambda: _import(2),
        "second run": lambda: _import(2),
    }
    _import(2)  # warms up what all ways share
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            if name != "second run":  # it imports what the run before it stored
                _empty()
            costs[name].append(_cost(way))
            assert Image.objects.count() == len(paths), f"{name} stored something else"
    return {
        name: Cost(
            statistics.median(cost.seconds for cost in each),
            statistics.median(cost.cpu_seconds for cost in each),
        )
        for name, each in costs.items()
    }


def _cost(way: Callable[[], None]) -> Cost:
    begin, cpu_begin = time.perf_counter(), time.process_time()
    way()
    return Cost(time.perf_counter() - begin, time.process_time() - cpu_begin)


def _empty() -> None:
    Image.objects.all()._raw_delete(using="default")
    shutil.rmtree(VAR_DIR / "media", ignore_errors=True)


def _import(workers: int) -> None:
    album = str(VAR_DIR / "album")
    call_command("import_images", album, f"--workers={workers}", stdout=io.StringIO())


def _naive(paths: list[Path], with_thumbnails: bool) -> None:
    pre_save.disconnect(hash_files, sender=Image)
    try:
        for path in paths:
            _create(path)
            if with_thumbnails:
                _store_thumbnails(path)
    finally:
        pre_save.connect(hash_files, sender=Image)


def _create(path: Path) -> None:
    hashes = {}
    for name, function in HASHES.items():
        with PillowImage.open(path) as image:
            bits = "".join("01"[bool(bit)] for bit in function(image).hash.ravel())
        hashes[name] = PerceptualHash.from_bits(bits)
    with path.open("rb") as file:
        Image.objects.create(file=File(file, name=path.name), original_name=path.name, **hashes)


def _store_thumbnails(path: Path) -> None:
    for size in SIZES:
        buffer = io.BytesIO()
        with PillowImage.open(path) as image:
            small = image.convert("RGB")
            small.thumbnail((size, size))
            small.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
        default_storage.save(f"thumbnails/{path.stem}-{size}.webp", ContentFile(buffer.getvalue()))


def _table(report: dict[str, Any]) -> str:
    lines = [
        "{pictures} pictures of {megapixels} megapixels, medians of {rounds} rounds".format(
            **report
        ),
        "",
        f"{'':26}{'pictures/s':>12}{'CPU ms each':>13}",
    ]
    for name, rate in report["pictures_a_second"].items():
        lines.append(f"  {name:<24}{rate:>12.1f}{report['cpu_ms_a_picture'][name]:>13.1f}")
    lines += [
        "",
        "  CPU time of the naive loop ÷ one worker:      {naive_ratio}".format(**report),
        "  … of the naive loop with thumbnails:          {naive_with_thumbnails_ratio}".format(
            **report
        ),
        "  clock of the latter ÷ two workers:            {two_workers_ratio}".format(**report),
        "  clock of one worker ÷ two:                    {speedup_of_the_second}".format(**report),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
