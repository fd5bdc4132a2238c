"""
How long does it take to find all hashes within a Hamming distance?

    python benchmarks/search.py --n 1000000 [--data clustered] [--json]

Compares HammingIndex.within, as it plans by itself, with its own BK-tree, a plain scan in numpy,
faiss's IndexBinaryFlat and pybktree. Times are medians of CPU time, in microseconds a query, in
one thread; half of the queries are a few bits from a stored hash. Every answer is compared with
the plain scan's. Rivals that are not installed (requirements-bench.txt) are named as absent.
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

from hashing.bktree import BKTree
from hashing.hamming_index import HammingIndex

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
SECONDS = 2.0  # for one way at one radius; slow ways get through fewer queries, at least one


def uniform(n: int, rng: np.random.Generator) -> Hashes:
    return rng.integers(0, 2**64, n, dtype=np.uint64)


def clustered(n: int, rng: np.random.Generator) -> Hashes:
    """Every hash is one of n / 50 with up to eight bits changed: an archive full of copies."""
    flips = np.bitwise_xor.reduce(np.uint64(1) << rng.integers(0, 64, (n, 8), dtype=np.uint64), 1)
    return rng.choice(uniform(max(1, n // 50), rng), n) ^ flips


def skewed(n: int, rng: np.random.Generator) -> Hashes:
    """Scans of text: all hashes share 40 of their 64 bits."""
    return uniform(n, rng) & np.uint64(0xFFFFFF) | np.uint64(0xF0F0F0F0F0 << 24)


DATA = {"uniform": uniform, "clustered": clustered, "skewed": skewed}


def queries_for(hashes: Hashes, number: int, rng: np.random.Generator) -> list[int]:
    """Half a few bits from a stored hash, half of the same kind as the stored ones."""
    near = rng.choice(hashes, number // 2)
    flips = np.bitwise_xor.reduce(
        np.uint64(1) << rng.integers(0, 64, (len(near), 3), dtype=np.uint64), axis=1
    )
    far = rng.choice(hashes, number - len(near)) ^ uniform(number - len(near), rng)
    return rng.permutation(np.concatenate([near ^ flips, far])).tolist()


def flat_scan(hashes: Hashes) -> Search:
    def search(query: int, radius: int) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.bitwise_count(hashes ^ np.uint64(query)) <= radius)

    return search


def faiss_flat(hashes: Hashes) -> Search:
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(64)
    index.add(hashes.view(np.uint8).reshape(-1, 8))

    def search(query: int, radius: int) -> npt.NDArray[np.int64]:
        wanted = np.array([[query]], dtype=np.uint64).view(np.uint8)
        _, _, found = index.range_search(wanted, radius + 1)  # faiss leaves its radius out
        return found

    return search


def pybktree_tree(hashes: Hashes) -> Search:
    tree = pybktree.BKTree(pybktree.hamming_distance, hashes.tolist())
    return lambda query, radius: tree.find(query, radius)


def timed(search: Search, queries: list[int], radius: int) -> tuple[float, list[int]]:
    """Return the median CPU time in µs, and how many were found for each query it came to."""
    times, counts = [], []
    begin = time.process_time()
    for query in queries:
        start = time.process_time_ns()
        found = search(query, radius)
        times.append((time.process_time_ns() - start) / 1000)
        counts.append(len(found[0]) if isinstance(found, tuple) else len(found))
        if time.process_time() - begin > SECONDS:
            break
    return float(np.median(times)), counts


def is_exact(index: HammingIndex, hashes: Hashes, queries: list[int]) -> bool:
    """Compare keys and distances with the scan's; keys are places in `hashes`."""
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


def measure(n: int, data: str, number: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    hashes = DATA[data](n, rng)
    queries = queries_for(hashes, number, rng)
    start = time.process_time()
    index = HammingIndex.build(np.arange(n), hashes)
    build_s = time.process_time() - start
    ways: dict[str, Search | None] = {
        "index": index.within,
        "tree": BKTree.build(hashes).within,
        "flat": flat_scan(hashes),
        "faiss_flat": faiss_flat(hashes) if faiss else None,
        "pybktree": pybktree_tree(hashes) if pybktree else None,
    }
    exact = is_exact(index, hashes, queries[:20])
    within: dict[str, dict[str, float | None]] = {}
    for radius in RADII:
        row = within[str(radius)] = {}
        expected = timed(ways["flat"], queries, radius)[1]  # also warms the caches
        for name, search in ways.items():
            row[f"{name}_us"] = None
            if search:
                median, counts = timed(search, queries, radius)
                row[f"{name}_us"] = round(median, 1)
                # Those that keep equal hashes once cannot be counted against those that do not.
                if name in ("index", "flat", "faiss_flat"):
                    shared = min(len(counts), len(expected))
                    exact &= counts[:shared] == expected[:shared]
    return {
        "n": n,
        "data": data,
        "queries": number,
        "within": within,
        "build_s": round(build_s, 3),
        "bytes_per_hash": round(index.nbytes / max(n, 1), 1),
        "insert_us": round(insert_us(index, n, rng), 1),
        "exact": bool(exact),
        "absent": [name for name, search in ways.items() if search is None],
        "paths": {str(radius): index.explain(queries[0], radius).way for radius in RADII},
    }


def table(result: dict[str, Any]) -> str:
    names = ["index", "tree", "flat", "faiss_flat", "pybktree"]
    lines = [
        f"{result['n']:,} {result['data']} hashes; µs a query, medians of CPU time, one thread",
        "".join(f"{title:>14}" for title in ("within", *names, "path")),
    ]
    for radius, row in result["within"].items():
        cells = [row[f"{name}_us"] for name in names]
        texts = ["absent" if cell is None else f"{cell:,.1f}" for cell in cells]
        path = result["paths"][radius]
        lines.append("".join(f"{text:>14}" for text in (radius, *texts, path)))
    lines.append(
        f"built in {result['build_s']} s; {result['bytes_per_hash']} bytes a hash; "
        f"{result['insert_us']} µs to add one; "
        + ("all answers exact" if result["exact"] else "WRONG ANSWERS")
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--n", type=int, default=100_000, help="hashes to search")
    parser.add_argument("--data", choices=DATA, default="uniform", help="how they are spread")
    parser.add_argument("--queries", type=int, default=200, help="at most, a way and radius")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = measure(options.n, options.data, options.queries, options.seed)
    print(json.dumps(result) if options.json else table(result))
    sys.exit(0 if result["exact"] else 1)


if __name__ == "__main__":
    main()
