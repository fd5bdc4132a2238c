"""
How long does it take to find all hashes within a Hamming distance?

    python benchmarks/search.py --n 1000000 [--data clustered | --pictures DIR] [--json]

Compares HammingIndex.within, with the plan it chooses, with its BK-tree, a plain scan in numpy,
faiss's IndexBinaryFlat and IndexBinaryMultiHash, and pybktree. Times are medians of CPU time, in
microseconds for each query, in one thread. Half of the queries are a few bits from a stored hash.
Every answer is checked against the plain scan. The report lists rivals that are not installed
(requirements-bench.txt). With --pictures the hashes come from random windows of the photographs in
a folder; unlike made-up ones, their bits depend on each other.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.search import BKTree, HammingIndex

try:
    import faiss
except ImportError:
    faiss = None
try:
    import pybktree
except ImportError:
    pybktree = None

Hashes = npt.NDArray[np.uint64]
Search = Callable[[int, int], Any]  # query, max_distance → anything that `count` understands

RADII = (2, 4, 8, 10, 12)
# pybktree gets at most so many hashes; above, its time is extrapolated in proportion.
MOST_NODES = 1_000_000
SECONDS = 2.0  # for one way at one radius; slow ways answer fewer queries, at least one


def uniform(n: int, rng: np.random.Generator) -> Hashes:
    return rng.integers(0, 2**64, n, dtype=np.uint64)


def clustered(n: int, rng: np.random.Generator) -> Hashes:
    """Every hash is one of n / 50 with up to eight bits changed: an archive full of copies."""
    flips = np.bitwise_xor.reduce(np.uint64(1) << rng.integers(0, 64, (n, 8), dtype=np.uint64), 1)
    return rng.choice(uniform(max(1, n // 50), rng), n) ^ flips


def skewed(n: int, rng: np.random.Generator) -> Hashes:
    """Scans of text: nine in ten hashes share 40 of their 64 bits."""
    alike = uniform(n, rng) & np.uint64(0xFFFFFF) | np.uint64(0xF0F0F0F0F0 << 24)
    return np.where(rng.random(n) < 0.9, alike, uniform(n, rng))


DATA = {"uniform": uniform, "clustered": clustered, "skewed": skewed}


def windows(n: int, directory: Path, rng: np.random.Generator) -> Hashes:
    """Perceptual hashes of random windows of the photographs under `directory`, in turns."""
    kinds = {".jpg", ".jpeg", ".png", ".webp"}
    paths = sorted(path for path in directory.rglob("*") if path.suffix.lower() in kinds)
    hashes: list[int] = []
    for number, path in enumerate(paths):
        try:
            image = Image.open(path).convert("L")
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        image.thumbnail((1024, 1024))
        share = -(-(n - len(hashes)) // (len(paths) - number))
        for _ in range(share):
            sides = (np.array(image.size) * rng.uniform(0.2, 0.7, 2)).astype(int) + 1
            corner = (rng.random(2) * (np.array(image.size) - sides)).astype(int)
            window = image.crop((*corner, *(corner + sides))).resize((32, 32), Image.LANCZOS)
            hashes.append(cosine_bits(np.asarray(window, dtype=float)))
    return np.array(hashes, dtype=np.uint64)


def cosine_bits(pixels: npt.NDArray[np.float64]) -> int:
    """The perceptual hash of 32 by 32 pixels: which of the lowest 64 frequencies are high."""
    low = COSINES @ pixels @ COSINES.T
    return int.from_bytes(np.packbits(low.ravel() > np.median(low)).tobytes(), "big")


COSINES = np.cos(np.pi / 32 * np.outer(np.arange(8), np.arange(32) + 0.5))


def queries_for(hashes: Hashes, number: int, rng: np.random.Generator) -> list[int]:
    """Half a few bits from a stored hash, half of the same kind as the stored ones."""
    near = rng.choice(hashes, number // 2)
    flips = np.bitwise_xor.reduce(
        np.uint64(1) << rng.integers(0, 64, (len(near), 3), dtype=np.uint64), axis=1
    )
    far = rng.choice(hashes, number - len(near)) ^ uniform(number - len(near), rng)
    return rng.permutation(np.concatenate([near ^ flips, far])).tolist()


def flat_scan(hashes: Hashes) -> Search:
    keys = np.arange(len(hashes))

    def search(query: int, radius: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        distances = np.bitwise_count(hashes ^ np.uint64(query))
        places = np.flatnonzero(distances <= radius)
        return keys[places], distances[places]

    return search


def faiss_flat(hashes: Hashes) -> Search:
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(64)
    index.add(hashes.view(np.uint8).reshape(-1, 8))

    def search(query: int, radius: int) -> npt.NDArray[np.int64]:
        wanted = np.array([[query]], dtype=np.uint64).view(np.uint8)
        _, _, found = index.range_search(wanted, radius + 1)  # the radius of faiss is exclusive
        return found

    return search


def faiss_multi_hash(hashes: Hashes) -> Search:
    """Four hashes of 16 bits, as many of their bits flipped as make the answer complete."""
    index = faiss.IndexBinaryMultiHash(64, 4, 16)
    index.add(hashes.view(np.uint8).reshape(-1, 8))

    def search(query: int, radius: int) -> npt.NDArray[np.int64]:
        wanted = np.array([[query]], dtype=np.uint64).view(np.uint8)
        index.nflip = radius // 4
        _, _, found = index.range_search(wanted, radius + 1)
        return found

    return search


def pybktree_tree(hashes: Hashes) -> Search:
    tree = pybktree.BKTree(pybktree.hamming_distance, hashes[:MOST_NODES].tolist())
    return lambda query, radius: tree.find(query, radius)


def timed(search: Search, queries: list[int], radius: int) -> tuple[float, list[int]]:
    """Return the median CPU time in µs, and the number of results of each measured query."""
    times, counts = [], []
    begin = time.process_time()
    search(queries[-1], radius)
    # Reading the clock takes half a microsecond, so quick searches are timed ten at a time.
    group = 10 if time.process_time() - begin < 0.001 else 1
    for place in range(0, len(queries), group):
        start = time.process_time_ns()
        answers = [search(query, radius) for query in queries[place : place + group]]
        times.append((time.process_time_ns() - start) / 1000 / len(answers))
        counts += [len(found[0]) if isinstance(found, tuple) else len(found) for found in answers]
        if time.process_time() - begin > SECONDS:
            break
    return float(np.median(times)), counts


def is_exact(index: HammingIndex, hashes: Hashes, queries: list[int]) -> bool:
    """Tell whether keys and distances equal those of a scan; keys are positions in `hashes`."""
    for query in queries:
        distances = np.bitwise_count(hashes ^ np.uint64(query))
        for radius in RADII:
            keys, found = index.within(query, radius)
            order = np.argsort(keys)
            expected = np.flatnonzero(distances <= radius)
            if not np.array_equal(keys[order], expected):
                return False
            if not np.array_equal(found[order], distances[expected]):
                return False
    return True


def insert_us(index: HammingIndex, n: int, rng: np.random.Generator, times: int = 100) -> float:
    """Return the median CPU time in µs of adding one key."""
    taken = []
    for number, hash_ in enumerate(uniform(times, rng)):
        key = np.array([n + number])
        start = time.process_time_ns()
        index = index.with_changes(key, key, np.array([hash_]))
        taken.append((time.process_time_ns() - start) / 1000)
    return float(np.median(taken))


def worst_over_flat(index: HammingIndex, hashes: Hashes, queries: list[int]) -> float:
    """Return the largest median at any radius, as a multiple of the plain scan's."""
    flat = flat_scan(hashes)
    few = queries[:20]
    return max(
        timed(index.within, few, radius)[0] / timed(flat, few, radius)[0]
        for radius in (0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 64)
    )


def ways_to_search(hashes: Hashes, index: HammingIndex) -> dict[str, Search | None]:
    """Return the index and its rivals; None for one that is not installed."""
    return {
        "index": index.within,
        "tree": BKTree.build(hashes).within,
        "flat": flat_scan(hashes),
        "faiss_flat": faiss_flat(hashes) if faiss else None,
        "faiss_multi_hash": faiss_multi_hash(hashes) if faiss else None,
        "pybktree": pybktree_tree(hashes) if pybktree else None,
    }


def compared(
    ways: dict[str, Search | None], queries: list[int], n: int
) -> tuple[dict[str, dict[str, float | None]], bool]:
    """Return the microseconds of every way by radius, and whether all agree."""
    within: dict[str, dict[str, float | None]] = {}
    exact = True
    for radius in RADII:
        row = within[str(radius)] = {}
        expected = timed(ways["flat"], queries, radius)[1]  # also warms the caches
        for name, search in ways.items():
            row[f"{name}_us"] = None
            if search:
                median, counts = timed(search, queries, radius)
                scale = max(1.0, n / MOST_NODES) if name == "pybktree" else 1.0
                row[f"{name}_us"] = round(median * scale, 1)
                # Ways that keep equal hashes only once have other counts.
                if name in ("index", "flat", "faiss_flat"):
                    shared = min(len(counts), len(expected))
                    exact &= counts[:shared] == expected[:shared]
    return within, exact


def measure(options: argparse.Namespace) -> dict[str, Any]:
    n, number = options.n, options.queries
    rng = np.random.default_rng(options.seed)
    hashes = windows(n, options.pictures, rng) if options.pictures else DATA[options.data](n, rng)
    queries = queries_for(hashes, number, rng)
    start = time.process_time()
    index = HammingIndex.build(np.arange(n), hashes)
    build_s = time.process_time() - start
    ways = ways_to_search(hashes, index)
    within, all_found = compared(ways, queries, n)
    return {
        "n": n,
        "data": "pictures" if options.pictures else options.data,
        "queries": number,
        "within": within,
        "build_s": round(build_s, 3),
        "bytes_per_hash": round(index.nbytes / max(n, 1), 1),
        "insert_us": round(insert_us(index, n, rng), 1),
        "worst_over_flat": round(worst_over_flat(index, hashes, queries), 2),
        "exact": bool(all_found and is_exact(index, hashes, queries[:20])),
        "pybktree_extrapolated": n > MOST_NODES,
        "absent": [name for name, search in ways.items() if search is None],
        "paths": {str(radius): index.explain(queries[0], radius).way for radius in RADII},
    }


def table(result: dict[str, Any]) -> str:
    names = ["index", "tree", "flat", "faiss_flat", "faiss_multi_hash", "pybktree"]
    lines = [
        f"{result['n']:,} {result['data']} hashes; µs a query, medians of CPU time, one thread",
        "".join(f"{title:>17}" for title in ("within", *names, "path")),
    ]
    for radius, row in result["within"].items():
        cells = [row[f"{name}_us"] for name in names]
        texts = ["absent" if cell is None else f"{cell:,.1f}" for cell in cells]
        path = result["paths"][radius]
        lines.append("".join(f"{text:>17}" for text in (radius, *texts, path)))
    lines.append(
        f"built in {result['build_s']} s; {result['bytes_per_hash']} bytes a hash; "
        f"{result['insert_us']} µs to add one; "
        f"at worst {result['worst_over_flat']} times the flat scan; "
        + ("all answers exact" if result["exact"] else "WRONG ANSWERS")
    )
    if result["pybktree_extrapolated"]:
        lines.append(f"pybktree: measured with {MOST_NODES:,} hashes, and taken to grow with them")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--n", type=int, default=100_000, help="hashes to search")
    parser.add_argument(
        "--data", choices=DATA, default="uniform", help="distribution of the hashes"
    )
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="hash windows of photographs")
    parser.add_argument("--queries", type=int, default=200, help="at most, a way and radius")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = measure(options)
    print(json.dumps(result) if options.json else table(result))
    sys.exit(0 if result["exact"] else 1)


if __name__ == "__main__":
    main()
