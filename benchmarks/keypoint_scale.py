"""Looks for the parts of one picture among those of a very large number of pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from hashing.keypoints import MOST, KeypointIndex, Keypoints, StoredPicture, find_parts
from hashing.pictures import Preview

# Drawn pictures among the made-up ones, and their size.
DRAWN, SIZE = 40, (640, 480)
# So many of the 64 bits of a made-up hash are equal to others, so that about as many are near to
# each other by chance as of the keypoints of photographs.
DEPENDENT = 7
# Searches before the clock starts, so that every table is in memory.
WARM_UP = 4


def measure_deep(pictures: int, queries: int, seed: int) -> dict[str, Any]:
    """
    Return CPU milliseconds for finding the parts of one picture among `pictures`.

    Half of the queries are crops of pictures in the index; `deep_missed` counts the ones that were
    not found. The index keeps the keypoints of drawn pictures and otherwise made-up ones.
    """
    rng = np.random.default_rng(seed)
    images = [drawn(rng) for _ in range(DRAWN)]
    shelf = [stored(image) for image in images]
    begin = time.process_time()
    index = KeypointIndex.build(indexed(shelf, pictures, rng))
    index.candidates(Keypoints.of(images[0]), 1)  # builds the lists
    seconds = time.process_time() - begin

    def fetch(keys: Sequence[int]) -> dict[int, StoredPicture]:
        # Whatever was made up stands for a picture that is no copy.
        return {key: shelf[key] if key < DRAWN else shelf[key % DRAWN] for key in keys}

    times, missed = [], 0
    for number in range(queries + WARM_UP):
        is_copy = number % 2 == 0
        key = int(rng.integers(0, DRAWN))
        image = cropped(images[key], rng) if is_copy else drawn(rng)
        query, preview = Keypoints.of(image), Preview.of(image)
        start = time.process_time()
        found = find_parts(query, preview, index, fetch)
        times.append(1000 * (time.process_time() - start))
        missed += is_copy and key not in [part.key for part in found]
    p50, p95 = np.percentile(times[WARM_UP:], [50, 95])
    return {
        "deep_ms": {"p50": round(float(p50), 1), "p95": round(float(p95), 1)},
        "deep_missed": missed,
        "deep_build_s": round(seconds, 1),
        "deep_mb": round(index.nbytes / 1e6),
    }


def stored(image: PillowImage.Image) -> StoredPicture:
    return StoredPicture(Keypoints.of(image).to_bytes(), Preview.of(image).to_bytes())


def drawn(rng: np.random.Generator) -> PillowImage.Image:
    """Return a picture with structure at all scales."""
    levels = np.zeros((SIZE[1], SIZE[0], 3))
    for cells in (3, 6, 12, 24, 48):
        noise = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        coarse = PillowImage.fromarray(noise).resize(SIZE, PillowImage.Resampling.BICUBIC)
        levels += np.asarray(coarse) / cells**0.7
    levels = 255 * (levels - levels.min()) / (levels.max() - levels.min())
    return PillowImage.fromarray(levels.astype(np.uint8))


def cropped(image: PillowImage.Image, rng: np.random.Generator) -> PillowImage.Image:
    """Return half to two thirds of the area of `image`."""
    side = float(rng.uniform(0.7, 0.82))
    width, height = round(side * SIZE[0]), round(side * SIZE[1])
    left, top = rng.integers(0, SIZE[0] - width), rng.integers(0, SIZE[1] - height)
    return image.crop((int(left), int(top), int(left) + width, int(top) + height))


def indexed(
    shelf: list[StoredPicture], pictures: int, rng: np.random.Generator
) -> Iterator[tuple[int, Keypoints]]:
    for key, picture in enumerate(shelf):
        yield key, Keypoints.from_bytes(picture.keypoints)
    for key in range(len(shelf), pictures):
        yield key, made_up(rng)


def made_up(rng: np.random.Generator) -> Keypoints:
    hashes = rng.integers(0, 2**64, MOST, dtype=np.uint64)
    low = np.uint64((1 << DEPENDENT) - 1)
    hashes = (hashes & ~low) | (hashes >> np.uint64(64 - DEPENDENT))
    return Keypoints(
        width=256,
        height=192,
        x=rng.integers(0, 65536, MOST).astype(np.uint16),
        y=rng.integers(0, 65536, MOST).astype(np.uint16),
        angle=rng.integers(0, 256, MOST).astype(np.uint8),
        level=rng.integers(0, 8, MOST).astype(np.uint8),
        hashes=hashes,
        unsure=np.zeros(MOST, dtype=np.uint32),
    )
