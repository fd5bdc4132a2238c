"""
How many copies does matching find, how many different pictures does it confuse, and how fast?

    python benchmarks/matching.py DIR [--wide] [--json]
    python benchmarks/matching.py --scale 100000 [--json]

DIR holds `edits.csv` (edited, original, transform, group; every row a true pair), `distinct/`
(pictures that are all different), `pairs.csv` (a, b, relation, kind), and perhaps
`hard_negatives/` (text pages that are all different; without it pages are drawn). The
gallery's matching is compared with whole-picture hashes of others: ImageHash's phash and
imagededup's default, both within 10 of 64 bits, and PDQ within its default of 31 of 256 bits, and
in eight turns within 79. The report lists rivals that are not installed (requirements-bench.txt).

Matches of copies with their originals, and of different pictures, are verified by their pixels:
"kinds" counts what verification says of each group of edits, and "altered" is the share of the
overlays that it calls altered. With --wide the hashes have wider limits, and all figures but
"by_hash" count only matches that verification does not call different.

With --scale a temporary SQLite database is filled with that many rows of made-up hashes, and single
pictures, half of them altered copies, are matched with all rows. Then as many pictures are indexed
by made-up keypoints, and the parts of single pictures are looked for. Times are CPU time.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from keypoint_scale import measure_deep
from matching_corpus import Corpus, pictures_in, read_corpus, table_of
from matching_figures import cluster_figures, edit_figures, label_figures, matches_among
from matching_pages import page_figures
from matching_rivals import pdqhash, rival_pairs
from matching_scale import measure_scale
from matching_verified import Looker, kinds_by_group, looked_at

from hashing.matching import LIMITS, WIDE_LIMITS, Limits, MatchTable
from hashing.verification import Kind


def measure(folder: Path, limits: Limits) -> dict[str, Any]:
    edits = table_of(folder / "edits.csv")
    labels = table_of(folder / "pairs.csv")
    distinct = pictures_in(folder, "distinct")
    names = [
        *distinct,
        *(row["edited"] for row in edits),
        *(row["original"] for row in edits),
        *(row[side] for row in labels for side in ("a", "b")),
    ]
    corpus = read_corpus(folder, dict.fromkeys(names))
    table = matches_among(corpus.subjects, limits)
    own_original = {name: name for name in distinct} | {
        row[side]: row["original"] for row in edits for side in ("original", "edited")
    }
    original = {
        key: whose
        for name, other in own_original.items()
        if (key := corpus.key(name)) is not None and (whose := corpus.key(other)) is not None
    }
    looker = Looker(folder, dict(enumerate(corpus.names)))
    looked = looked_at(looker, chosen(table, corpus, edits, original))
    by_hash = set(pairs_of(table))
    refused = {pair for pair, found in looked.items() if found.kind == Kind.DIFFERENT}
    if limits != LIMITS:
        table = table.at(np.array([pair not in refused for pair in pairs_of(table)], dtype=bool))
    pairs = set(pairs_of(table))
    own = edit_figures(pairs, corpus, edits, original)
    confusion = kinds_by_group(looked, corpus, edits)
    hashed = edit_figures(by_hash, corpus, edits, original)
    rivals = rival_pairs(corpus.rivals, sorted(original))
    others = {name: edit_figures(found, corpus, edits, original) for name, found in rivals.items()}
    return {
        "recall": own["recall"],
        "false_pairs": own["false_pairs"],
        "pairs": own["pairs"],
        "groups": own["groups"],
        "transforms": own["transforms"],
        "kinds": confusion,
        "altered": altered_share(confusion),
        "by_hash": {name: hashed[name] for name in ("recall", "false_pairs")},
        "verify_ms": looker.times(),
        "labelled": label_figures(pairs, corpus, labels),
        "clusters": cluster_figures(table, original),
        "text_pages": page_figures(folder),
        "ms_per_image": round(corpus.ms, 2),
        "rivals": {name: figures["recall"] for name, figures in others.items()},
        "rivals_false_pairs": {name: figures["false_pairs"] for name, figures in others.items()},
        "rivals_groups": {name: figures["groups"] for name, figures in others.items()},
        "absent": [] if pdqhash else ["pdq"],
    }


def chosen(
    table: MatchTable,
    corpus: Corpus,
    edits: list[dict[str, str]],
    original: Mapping[int, int],
) -> MatchTable:
    """Return the matches to look at: copies with their originals, and different pictures."""
    own = {frozenset((corpus.key(e["edited"]), corpus.key(e["original"]))) for e in edits}
    is_chosen = [
        frozenset(pair) in own
        or (original.keys() >= set(pair) and original[pair[0]] != original[pair[1]])
        for pair in pairs_of(table)
    ]
    return table.at(np.array(is_chosen, dtype=bool))


def pairs_of(table: MatchTable) -> list[tuple[int, int]]:
    """Return the keys of each match."""
    return list(zip(table.first.tolist(), table.second.tolist(), strict=True))


def altered_share(confusion: Mapping[str, Mapping[str, int]]) -> float | None:
    """Return the share of matched overlays that are called altered."""
    overlays = confusion.get("overlay", {})
    count = sum(overlays.values())
    return round(overlays["altered"] / count, 4) if count else None


def text(result: dict[str, Any]) -> str:
    if "match_ms" in result:
        ms, deep = result["match_ms"], result["deep_ms"]
        return (
            f"one picture against {result['n']:,}: {ms['p50']} ms (p50), {ms['p95']} ms (p95); "
            f"{result['missed']} of {result['queries'] // 2} copies missed\n"
            f"looking for its parts: {deep['p50']} ms (p50), {deep['p95']} ms (p95); "
            f"{result['deep_missed']} of {result['queries'] // 2} crops missed; "
            f"{result['deep_mb']} MB"
        )
    pages, found = result["text_pages"], result["clusters"]
    lines = [
        f"found {result['recall']:.1%} of the edited copies, and {result['false_pairs']} pairs of "
        f"{result['pairs']:,} different pictures; {result['ms_per_image']} ms a picture",
        f"clusters: precision {found['precision']:.4f}, recall {found['recall']:.3f}",
        f"text pages: {pages['flagged']} of {pages['pairs']:,} different pairs"
        + (" (drawn)" if pages["drawn"] else ""),
        "",
        *markdown(result),
        "",
        *confusion_table(result),
        "",
        *(
            f"{relation}: {count['found']} of {count['pairs']} pairs found"
            for relation, count in result["labelled"].items()
            if relation != "amiss"
        ),
        *(f"  wrong: {line}" for line in result["labelled"]["amiss"]),
    ]
    if result["absent"]:
        lines.append(f"not installed: {', '.join(result['absent'])}")
    return "\n".join(lines)


def markdown(result: dict[str, Any]) -> list[str]:
    """Return the recall of each group of edits as a table."""
    names = list(result["rivals"])
    rows = [
        ["all edits", result["recall"], *result["rivals"].values()],
        *(
            [group, share, *(result["rivals_groups"][name][group] for name in names)]
            for group, share in result["groups"].items()
        ),
        ["false pairs", result["false_pairs"], *result["rivals_false_pairs"].values()],
    ]
    cells = [["edits", "matching", *names], ["---"] * (2 + len(names))]
    cells += [
        [str(cell) if isinstance(cell, int | str) else f"{cell:.2f}" for cell in row]
        for row in rows
    ]
    return [f"| {' | '.join(row)} |" for row in cells]


def confusion_table(result: dict[str, Any]) -> list[str]:
    """Return what verification says of each group of edits as a table."""
    names = [kind.value for kind in Kind]
    cells = [["edits", *names], ["---"] * (1 + len(names))]
    for group, counts in result["kinds"].items():
        cells.append([group, *(str(counts[name]) for name in names)])
    return [f"| {' | '.join(row)} |" for row in cells]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path)
    parser.add_argument("--scale", metavar="N", type=int, help="match with N made-up rows")
    parser.add_argument("--queries", type=int, default=200, help="pictures to match with them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wide", action="store_true", help="use the wider limits of hashes")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if (options.folder is None) == (options.scale is None):
        parser.error("give a folder or --scale N")
    if options.folder and not (options.folder / "edits.csv").exists():
        parser.error(f"{options.folder} has no edits.csv; give a folder laid out as described")
    result = (
        measure(options.folder, WIDE_LIMITS if options.wide else LIMITS)
        if options.folder
        else measure_scale(options.scale, options.queries, options.seed)
        | measure_deep(options.scale, options.queries, options.seed)
    )
    print(json.dumps(result) if options.json else text(result))


if __name__ == "__main__":
    main()
