"""
How far are the perceptual hashes of reduced JPEGs from those of the full pixels?

    python benchmarks/fidelity.py DIR [--json]

Enlarges every picture in DIR to camera sizes, saves it as a JPEG of quality 90, and counts the bits
by which `phash` of the reduced decode differs from `phash` of all pixels. It measures both decodes:
the library's default, and the gallery's, which needs more pixels for its renditions. The exit
status is 1 if the mean is above 0.15 bits or the maximum above 4.
"""

import os

# One thread each, because there is a process for each processor.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import json
import multiprocessing
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from hashing.conf import setting
from hashing.fingerprints import ALGORITHMS
from hashing.pictures import DecodeOptions, decode

MEGAPIXELS = (3, 12, 24)
MAX_MEAN, MAX_BITS = 0.15, 4
FILTERS = {"lanczos": Image.Resampling.LANCZOS, "bicubic": Image.Resampling.BICUBIC}
PATHS = {
    "library": DecodeOptions(),
    "gallery": DecodeOptions(long_side=setting("DECODE_LONG_SIDE")),
}
EXACT = DecodeOptions(short_side=None)


def from_camera(path: Path, megapixels: int, resampling: Image.Resampling) -> bytes:
    """Return the picture at `path` as a JPEG of `megapixels`."""
    with Image.open(path) as image:
        scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = (round(image.width * scale), round(image.height * scale))
        large = image.convert("RGB").resize(size, resampling)
    buffer = BytesIO()
    large.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def changes(task: tuple[Path, int, Image.Resampling]) -> tuple[int, dict[str, int]]:
    """Return the megapixels of `task`, and the changed bits of the hash for each decode."""
    data = from_camera(*task)
    phash = ALGORITHMS["phash"]
    exact = phash(decode(BytesIO(data), EXACT))
    return task[1], {
        name: phash(decode(BytesIO(data), options)) - exact for name, options in PATHS.items()
    }


def summary(moved: list[int]) -> dict[str, Any]:
    return {
        "pictures": len(moved),
        "mean": round(sum(moved) / len(moved), 4),
        "max": max(moved),
        "bits": {str(bits): count for bits, count in sorted(Counter(moved).items())},
    }


def measure(paths: list[Path], resampling: Image.Resampling) -> dict[str, Any]:
    tasks = [(path, size, resampling) for path in paths for size in MEGAPIXELS]
    with multiprocessing.Pool() as pool:
        found = pool.map(changes, tasks, chunksize=3)
    return {
        name: {
            **summary([moved[name] for _, moved in found]),
            "by_size": {
                str(size): summary([moved[name] for of, moved in found if of == size])
                for size in MEGAPIXELS
            },
        }
        for name in PATHS
    }


def table(result: dict[str, Any]) -> str:
    lines = [f"{'path':<10} {'MP':>4} {'pictures':>9} {'mean':>7} {'max':>4}"]
    for name, whole in result.items():
        for size, part in (*whole["by_size"].items(), ("all", whole)):
            figures = f"{part['pictures']:>9} {part['mean']:>7.3f} {part['max']:>4}"
            lines.append(f"{name:<10} {size:>4} {figures}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of different pictures")
    parser.add_argument("--filter", choices=FILTERS, default="bicubic", help="filter for enlarging")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    paths = sorted(path for path in options.folder.glob("*") if path.is_file())
    if not paths:
        sys.exit(f"{options.folder} holds no pictures.")
    result = measure(paths, FILTERS[options.filter])
    print(json.dumps(result) if options.json else table(result))
    is_true = all(part["mean"] <= MAX_MEAN and part["max"] <= MAX_BITS for part in result.values())
    sys.exit(0 if is_true else 1)


if __name__ == "__main__":
    main()
