"""
How long does it take to find all pairs of near hashes, and the clusters they make?

    python benchmarks/clusters.py --n 1000000 --max-distance 10 [--data clustered] [--json]

Compares HammingIndex.pairs with one range search for each hash in faiss's IndexBinaryFlat (above a
few thousand hashes, measured on a sample and extrapolated). Times are CPU time in seconds, in one
thread. The peak is the memory that finding the pairs adds to the process. The pairs of a sample of
hashes are checked against a plain scan.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

import numpy as np
from search import DATA, Hashes, faiss, windows

from hashing.matching import clusters
from hashing.search import HammingIndex, Pairs

ASKED = 2000  # hashes that faiss searches for
CHECKED = 50  # hashes whose pairs are checked against a scan


def faiss_seconds(hashes: Hashes, max_distance: int) -> float:
    """Return the seconds faiss would take for all of `hashes`, many at once."""
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(64)
    rows = hashes.view(np.uint8).reshape(-1, 8)
    index.add(rows)
    begin = time.process_time()
    index.range_search(rows[:ASKED], max_distance + 1)
    return (time.process_time() - begin) * max(1.0, len(hashes) / ASKED)


def is_exact(pairs: Pairs, hashes: Hashes, max_distance: int) -> bool:
    """Tell whether a sample of hashes has the neighbours a scan finds; keys are positions."""
    for number in np.linspace(0, len(pairs.hashes) - 1, CHECKED).astype(int).tolist():
        others = np.concatenate(
            [pairs.second[pairs.first == number], pairs.first[pairs.second == number], [number]]
        )
        found = np.concatenate([pairs.groups[other] for other in others.tolist()])
        distances = np.bitwise_count(hashes ^ pairs.hashes[number])
        if not np.array_equal(np.sort(found), np.flatnonzero(distances <= max_distance)):
            return False
    return True


def status_mb(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def measure(options: argparse.Namespace) -> dict[str, Any]:
    rng = np.random.default_rng(options.seed)
    if options.pictures:
        hashes = windows(options.n, options.pictures, rng)
    else:
        hashes = DATA[options.data](options.n, rng)
    index = HammingIndex.build(np.arange(len(hashes)), hashes)
    before, begin = status_mb("VmRSS"), time.process_time()
    pairs = index.pairs(options.max_distance)
    seconds, peak = time.process_time() - begin, status_mb("VmHWM") - before
    begin = time.process_time()
    found = clusters(pairs)
    return {
        "n": len(hashes),
        "data": "pictures" if options.pictures else options.data,
        "max_distance": options.max_distance,
        "seconds": round(seconds, 3),
        "clusters_s": round(time.process_time() - begin, 3),
        "pairs": len(pairs.first),
        "clusters": len(found),
        "peak_mb": round(peak, 1),
        "exact": is_exact(pairs, hashes, options.max_distance),
        "faiss_flat_s": round(faiss_seconds(hashes, options.max_distance), 2) if faiss else None,
        "faiss_flat_extrapolated": len(hashes) > ASKED,
    }


def table(result: dict[str, Any]) -> str:
    rival = result["faiss_flat_s"]
    about = "about " if result["faiss_flat_extrapolated"] else ""
    against = "faiss is absent" if rival is None else f"faiss flat {about}{rival:,} s"
    if rival is not None:
        against += f", {rival / result['seconds']:.0f} times as long"
    return (
        f"{result['n']:,} {result['data']} hashes within {result['max_distance']} bits: "
        f"{result['pairs']:,} pairs in {result['seconds']} s and {result['peak_mb']} MB, "
        f"{result['clusters']:,} clusters of them in {result['clusters_s']} s\n{against}; "
        + ("exact" if result["exact"] else "WRONG PAIRS")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--n", type=int, default=100_000, help="hashes to pair")
    parser.add_argument("--max-distance", type=int, default=10)
    parser.add_argument(
        "--data", choices=DATA, default="uniform", help="distribution of the hashes"
    )
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="hash windows of photographs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    try:
        result = measure(options)
    except ValueError as error:
        sys.exit(f"{options.data}: {error}")
    print(json.dumps(result) if options.json else table(result))
    sys.exit(0 if result["exact"] else 1)


if __name__ == "__main__":
    main()
