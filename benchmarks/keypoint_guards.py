"""
How many pictures that are all different are said to share a part?

    python benchmarks/keypoint_guards.py DIR [--json]

Each folder in DIR holds pictures that look alike and are all different: one template, one place,
one shape. Pages of text are drawn as well. Pictures that lie on each other as a whole ("whole")
share no part; whether they are copies is for verification to say.
"""

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path.insert(0, str(Path(__file__).parent.parent))

from keypoint_corpus import Shelf
from matching_corpus import pictures_in
from matching_pages import letter, receipt

from hashing.keypoints import Relation

DRAWN = 60  # receipts, and as many letters


def measure(folder: Path) -> dict[str, dict[str, int]]:
    families = {
        path.name: Shelf.read(
            folder, {name: key for key, name in enumerate(pictures_in(folder, path.name))}
        )
        for path in sorted(folder.iterdir())
        if path.is_dir()
    }
    pages = [*map(receipt, range(DRAWN)), *map(letter, range(DRAWN))]
    return {name: counted(shelf) for name, shelf in families.items()} | {
        "drawn pages": counted(Shelf.of(pages))
    }


def counted(shelf: Shelf) -> dict[str, int]:
    """Return the number of pairs, and of those that share a part or lie on each other."""
    index = shelf.index(shelf.stored)
    found: dict[tuple[int, int], bool] = {}
    for key in shelf.stored:
        for part in shelf.parts_of(key, index):
            pair = min(key, part.key), max(key, part.key)
            found[pair] = found.get(pair, False) or part.relation != Relation.WHOLE
    counts = Counter(found.values())
    return {
        "pairs": len(shelf.stored) * (len(shelf.stored) - 1) // 2,
        "parts": counts[True],
        "whole": counts[False],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = measure(options.folder)
    if options.json:
        print(json.dumps(result))
        return
    for name, count in result.items():
        print(f"{name}: {count['parts']} of {count['pairs']} pairs, {count['whole']} as a whole")


if __name__ == "__main__":
    main()
