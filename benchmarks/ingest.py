"""
How long does it take to store a picture?

    python benchmarks/ingest.py [--json]

Compares the median CPU time, in one process and one thread, on drawn JPEGs of camera sizes:

- five hashes as tutorials compute them (ImageHash on one full decode) with `fingerprint`;
- one perceptual hash as imagededup's PHash computes it with `fingerprint` of that hash alone;
- three thumbnails as tutorials make them (a full decode and Pillow's defaults for each) with the
  renditions of one reduced decode.

It also times the whole upload, from the file to a stored row with its renditions.
"""

import os

# One thread for all: numpy and scipy would use more than the others.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import io
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import scipy.fftpack
from PIL import Image as PillowImage

sys.path.insert(0, str(Path(__file__).parents[1]))

from hashing.fingerprints import ALGORITHMS, fingerprint
from hashing.pictures import DecodeOptions, decode

MEGAPIXELS = (2, 12, 24)
SIZES = (320, 640, 1600)
RUNS = 7
NAIVE = {
    "ahash": imagehash.average_hash,
    "dhash": imagehash.dhash,
    "phash": imagehash.phash,
    "whash": imagehash.whash,
    "colorhash": imagehash.colorhash,
}


def photograph(megapixels: float) -> bytes:
    """Return a 4:3 JPEG with structure at all scales and the grain of a sensor."""
    from demo import SCENES

    width = int((megapixels * 1e6 * 4 / 3) ** 0.5)
    size = (width, width * 3 // 4)
    drawn = SCENES[3].drawn().resize(size, PillowImage.Resampling.BICUBIC)
    grain = np.random.default_rng(0).normal(0, 7, (size[1], size[0], 3))
    pixels = np.clip(np.asarray(drawn, dtype=np.float32) + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def cpu_ms(task: Callable[[], Any], runs: int = RUNS) -> float:
    """Return the median CPU time of `task` in milliseconds, after one run to warm up."""
    task()
    times = []
    for _ in range(runs):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def naive_hashes(data: bytes) -> list[str]:
    image = PillowImage.open(io.BytesIO(data))
    return [str(compute(image)) for compute in NAIVE.values()]


def imagededup_phash(data: bytes) -> np.ndarray:
    """Hash as imagededup 0.3 does: full decode, 32 × 32, two cosine transforms, 8 × 8, median."""
    image = PillowImage.open(io.BytesIO(data)).convert("RGB")
    pixels = np.asarray(image.resize((32, 32), PillowImage.Resampling.LANCZOS).convert("L"))
    low = scipy.fftpack.dct(scipy.fftpack.dct(pixels, axis=0), axis=1)[:8, :8]
    return low >= np.median(np.ravel(low)[1:])


def naive_thumbnails(data: bytes) -> None:
    for size in SIZES:
        image = PillowImage.open(io.BytesIO(data)).convert("RGB")
        scale = size / max(image.size)
        target = (round(image.width * scale), round(image.height * scale))
        small = image.resize(target, PillowImage.Resampling.LANCZOS)
        small.save(io.BytesIO(), "WEBP")


def thumbnails(data: bytes) -> None:
    from gallery.files import encoded_renditions

    picture = decode(io.BytesIO(data), DecodeOptions(long_side=max(SIZES)))
    for _ in encoded_renditions(picture):
        pass


def save_ms(data: bytes) -> float:
    """Return the median wall-clock time of an upload, from the file to the stored row."""
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import SimpleUploadedFile

    from gallery.uploads import receive

    owner = User.objects.get_or_create(username="benchmark")[0]
    times = []
    for run in range(RUNS + 1):
        # Different bytes after the picture, so that each run stores a different file.
        file = SimpleUploadedFile("photograph.jpg", data + run.to_bytes(2, "big"))
        start = time.perf_counter()
        outcome = receive(file, owner)
        times.append(time.perf_counter() - start)
        assert outcome.status == "stored", outcome.reason
        outcome.image.delete()
    return 1000 * statistics.median(times[1:])


def is_identical(data: bytes) -> bool:
    """Tell whether all five hashes equal ImageHash's when every pixel is decoded."""
    ours = fingerprint(io.BytesIO(data), NAIVE, DecodeOptions(short_side=None)).hashes
    return [str(ours[name]) for name in NAIVE] == naive_hashes(data)


def peak_mb(data: bytes) -> float:
    """Return the peak memory that hashing `data` adds to a fresh process, in MB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak_over_base, (data, photograph(0.2)))


def _peak_over_base(data: bytes, small: bytes) -> float:
    fingerprint(io.BytesIO(small))  # lazy imports belong to the base
    # Writing 5 resets the peak; see proc(5).
    Path("/proc/self/clear_refs").write_text("5")
    base = _status_kb("VmRSS")
    fingerprint(io.BytesIO(data))
    return (_status_kb("VmHWM") - base) / 1024


def _status_kb(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def measure() -> dict[str, Any]:
    figures: dict[str, Any] = {
        name: {}
        for name in ("hash_ratio", "hash_ms", "imagededup_ratio", "thumbs_ratio", "save_ms")
    }
    identical = True
    for megapixels in MEGAPIXELS:
        data, key = photograph(megapixels), str(megapixels)
        ours = cpu_ms(lambda data=data: fingerprint(io.BytesIO(data), NAIVE))
        one = cpu_ms(lambda data=data: fingerprint(io.BytesIO(data), ["phash"]))
        figures["hash_ms"][key] = round(ours, 1)
        figures["hash_ratio"][key] = round(cpu_ms(lambda data=data: naive_hashes(data)) / ours, 1)
        figures["imagededup_ratio"][key] = round(
            cpu_ms(lambda data=data: imagededup_phash(data)) / one, 1
        )
        figures["thumbs_ratio"][key] = round(
            cpu_ms(lambda data=data: naive_thumbnails(data))
            / cpu_ms(lambda data=data: thumbnails(data)),
            1,
        )
        figures["save_ms"][key] = round(save_ms(data), 1)
        identical = identical and is_identical(data)
    figures["peak_mb_24mp"] = round(peak_mb(photograph(24)), 1)
    figures["identical"] = identical
    return figures


def set_up_django(folder: str) -> None:
    """Configure the site with a temporary database and media folder."""
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", VAR_DIR=folder)
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def table(figures: dict[str, Any]) -> str:
    rows = [
        ("five hashes, naive ÷ ours", "hash_ratio"),
        ("five hashes, ours, CPU ms", "hash_ms"),
        ("one phash, imagededup's recipe ÷ ours", "imagededup_ratio"),
        ("three thumbnails, full decodes ÷ ours", "thumbs_ratio"),
        ("upload to stored row, ms", "save_ms"),
    ]
    lines = [f"{'':<40}" + "".join(f"{size:>8} MP" for size in MEGAPIXELS)]
    lines += [
        f"{label:<40}" + "".join(f"{value:>11}" for value in figures[key].values())
        for label, key in rows
    ]
    lines.append(f"peak memory for 24 MP over base: {figures['peak_mb_24mp']} MB")
    lines.append(f"same five hashes as ImageHash from the same pixels: {figures['identical']}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    assert set(NAIVE) <= set(ALGORITHMS)
    with tempfile.TemporaryDirectory() as folder:
        set_up_django(folder)
        figures = measure()
    print(json.dumps(figures) if arguments.json else table(figures))


if __name__ == "__main__":
    main()
