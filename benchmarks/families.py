"""
Are pictures of one kind, all different, taken for copies of each other?

    python benchmarks/families.py DIR [--wide] [--json]

DIR holds a folder for each family: pictures that look alike to a hash and are all different. Every
pair in a folder is matched by its hashes, as the gallery does it, and the matches are verified by
their pixels. A pair is the "same" if its contents are equal or verification calls it a copy, and
"altered" if it is called that. With --wide the hashes have wider limits, which verification has to
make up for. Times are CPU time.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from matching_corpus import pictures_in, read_corpus
from matching_figures import matches_among
from matching_verified import Looker, kinds, looked_at

from hashing.matching import LIMITS, WIDE_LIMITS, Limits


def measure(folder: Path, limits: Limits) -> dict[str, Any]:
    families = {
        path.name: family_figures(folder, path.name, limits)
        for path in sorted(folder.iterdir())
        if path.is_dir() and pictures_in(folder, path.name)
    }
    totals = {
        name: sum(figures[name] for figures in families.values())
        for name in ("pairs", "matches", "same", "altered")
    }
    return {"families": families, "total": totals, "limits": limits._asdict()}


def family_figures(folder: Path, name: str, limits: Limits) -> dict[str, Any]:
    corpus = read_corpus(folder, pictures_in(folder, name))
    table = matches_among(corpus.subjects, limits)
    looker = Looker(folder, dict(enumerate(corpus.names)))
    counts = kinds(looked_at(looker, table).values())
    sizes = np.unique(corpus.digests, return_counts=True)[1]
    equal = int((sizes * (sizes - 1) // 2).sum())
    return {
        "pairs": len(corpus.names) * (len(corpus.names) - 1) // 2,
        "matches": len(table),
        "same": equal + counts["copy"],
        "altered": counts["altered"],
        "kinds": counts,
        "ms": looker.times(),
        "closer": looker.closer_asked,
    }


def text(result: dict[str, Any]) -> str:
    head = ["family", "pairs", "by hash", "same", "altered", "different", "unverified", "ms"]
    rows = [
        [
            name,
            *(f"{figures[key]:,}" for key in ("pairs", "matches", "same", "altered")),
            *(str(figures["kinds"][kind]) for kind in ("different", "unverified")),
            str(figures["ms"].get("p50", "")),
        ]
        for name, figures in result["families"].items()
    ]
    total = result["total"]
    rows.append(["all", *(f"{total[key]:,}" for key in total), "", "", ""])
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--wide", action="store_true", help="use the wider limits of hashes")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    result = measure(options.folder, WIDE_LIMITS if options.wide else LIMITS)
    print(json.dumps(result) if options.json else text(result))


if __name__ == "__main__":
    main()
