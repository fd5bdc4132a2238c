"""
How many copies are found that hold a part of another picture, and how exactly is it located?

    python benchmarks/real_life.py DIR [--json]

DIR holds copies of pictures as people meet them, and `copies.csv` (edited, original, transform,
group, and perhaps rect, place, mirrored; see below). The folder of the originals can hold further
pictures. A folder with `edits.csv` (edited, original, transform, group) will do too.

A copy is found if its original is among its matches by hash, or among the pictures with which it
shares a part by keypoints. A false pair is a copy and a picture that is not its original, or two
copies of different originals. Collages and pictures in pictures also hold other pictures, as
filling: pairs that share such a filling are true, and counted apart.

`rect` is the part of the original that is visible, and `place` where in the copy it is: left, top,
right and bottom, in shares. `iou` compares with them the box around the area that was located, in
both pictures (intersection over union; the worse counts). Tilted copies are left out of it,
because no upright box says where they are.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from keypoint_corpus import Shelf
from matching_corpus import SUFFIXES, Corpus, read_corpus, table_of
from matching_figures import is_found, matches_among
from matching_rivals import KeyPair, pdqhash, rival_pairs

from hashing.keypoints import Part, Quadrilateral

Row = dict[str, str]
Box = tuple[float, float, float, float]

# Kinds of copies that hold further pictures as filling.
FILLED = {"collage_4", "side_by_side", "pip"}
TILTED = "tilt"


def measure(folder: Path) -> dict[str, Any]:
    rows = table_of(folder / "copies.csv") or table_of(folder / "edits.csv")
    names = dict.fromkeys([*(row["edited"] for row in rows), *originals(folder, rows)])
    corpus = read_corpus(folder, names)
    shelf = Shelf.read(folder, {name: key for key, name in enumerate(corpus.names)})
    hashed = {tuple(sorted((key, match.key))) for key, match in matches_among(corpus.subjects)}
    parts, ms = parts_among(shelf, corpus, rows)
    shared = {tuple(sorted(pair)) for pair in parts}
    rivals = rival_pairs(corpus.rivals, list(range(len(corpus.names))))
    together = hits(corpus, rows, hashed | shared)
    boxes = overlaps(corpus, rows, parts)
    return {
        "recall": share(together),
        "kinds": counts(rows, together),
        "false_pairs": false_pairs(corpus, rows, hashed | shared, parts),
        "iou": figures([value for values in boxes.values() for value in values]),
        "iou_kinds": {kind: figures(values) for kind, values in boxes.items()},
        "keypoints_recall": share(hits(corpus, rows, shared)),
        "keypoints_kinds": counts(rows, hits(corpus, rows, shared)),
        "hashes_recall": share(hits(corpus, rows, hashed)),
        "halves": [share(together[side::2]) for side in (0, 1)],
        "keypoints_ms": round(shelf.ms, 2),
        "deep_ms": ms,
        "rivals": {name: share(hits(corpus, rows, pairs)) for name, pairs in rivals.items()},
        "absent": [] if pdqhash else ["pdq"],
    }


def originals(folder: Path, rows: list[Row]) -> list[str]:
    """Return the originals, and all other pictures in their folders."""
    folders = {str(Path(row["original"]).parent) for row in rows}
    return [
        f"{name}/{path.name}"
        for name in sorted(folders)
        for path in sorted((folder / name).iterdir())
        if path.suffix.lower() in SUFFIXES
    ]


def parts_among(
    shelf: Shelf, corpus: Corpus, rows: list[Row]
) -> tuple[dict[KeyPair, Part], dict[str, float]]:
    """Return the part that each copy shares with each other picture, and times in ms."""
    index = shelf.index(shelf.stored)
    parts, times = {}, []
    for key in copies_of(corpus, rows):
        start = time.process_time()
        found = shelf.parts_of(key, index) if key in shelf.stored else []
        times.append(1000 * (time.process_time() - start))
        parts |= {(key, part.key): part for part in found}
    p50, p95 = np.percentile(times, [50, 95])
    return parts, {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def copies_of(corpus: Corpus, rows: list[Row]) -> dict[int, Row]:
    return {key: row for row in rows if (key := corpus.key(row["edited"])) is not None}


def hits(corpus: Corpus, rows: list[Row], pairs: set[KeyPair]) -> list[bool]:
    return [
        is_found(corpus, pairs, corpus.key(row["edited"]), corpus.key(row["original"]))
        for row in rows
    ]


def share(found: list[bool]) -> float:
    return round(float(np.mean(found)), 4)


def counts(rows: list[Row], found: list[bool]) -> dict[str, dict[str, int]]:
    """Return how many copies of each kind there are, and how many of these were found."""
    kinds: dict[str, dict[str, int]] = {}
    for row, hit in zip(rows, found, strict=True):
        kind = kinds.setdefault(row["transform"], {"found": 0, "of": 0})
        kind["found"] += hit
        kind["of"] += 1
    return kinds


def false_pairs(
    corpus: Corpus, rows: list[Row], pairs: set[KeyPair], parts: dict[KeyPair, Part]
) -> dict[str, Any]:
    copies = copies_of(corpus, rows)
    false: dict[str, Any] = {"originals": 0, "copies": 0, "fillings": 0, "pairs": []}
    for first, second in sorted(pairs):
        ours, theirs = (
            copies[key]["original"] if key in copies else corpus.names[key]
            for key in (first, second)
        )
        if ours == theirs:
            continue
        if is_filling(copies, parts, first, second):
            false["fillings"] += 1
            continue
        false["copies" if {first, second} <= copies.keys() else "originals"] += 1
        false["pairs"].append([corpus.names[first], corpus.names[second]])
    return false


def is_filling(copies: dict[int, Row], parts: dict[KeyPair, Part], first: int, second: int) -> bool:
    """Return whether what two pictures share is a filling of one of them."""
    for ours, theirs in ((first, second), (second, first)):
        row = copies.get(ours)
        if row is None or row["transform"] not in FILLED:
            continue
        part, turned = parts.get((ours, theirs)), parts.get((theirs, ours))
        place = part.place if part else turned.other_place if turned else WHOLE
        if intersection(around(place), box(row["place"])) < 0.2 * size(around(place)):
            return True
        if place == WHOLE or row["transform"] == "pip":  # its ground is a filling
            return True
    return False


WHOLE: Quadrilateral = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def overlaps(corpus: Corpus, rows: list[Row], parts: dict[KeyPair, Part]) -> dict[str, list[float]]:
    """Return how exactly each part was located, by kind of copy."""
    values = defaultdict(list)
    for row in rows:
        part = parts.get((corpus.key(row["edited"]) or 0, corpus.key(row["original"]) or 0))
        if part and row.get("rect") and row["group"] != TILTED:
            places = ((part.other_place, row["rect"]), (part.place, row["place"]))
            values[row["transform"]].append(
                min(overlap(around(place), box(text)) for place, text in places)
            )
    return dict(values)


def box(text: str) -> Box:
    left, top, right, bottom = map(float, text.split())
    return left, top, right, bottom


def around(place: Quadrilateral) -> Box:
    """Return the box around `place` within the picture."""
    x, y = np.clip(np.array(place).T, 0, 1)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def size(area: Box) -> float:
    return max(0.0, area[2] - area[0]) * max(0.0, area[3] - area[1])


def intersection(a: Box, b: Box) -> float:
    return size((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def overlap(a: Box, b: Box) -> float:
    """Return the intersection over the union of two boxes."""
    common = intersection(a, b)
    return common / max(1e-9, size(a) + size(b) - common)


def figures(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {"median": round(float(np.median(values)), 3), "min": round(min(values), 3)}


def text(result: dict[str, Any]) -> str:
    false, iou = result["false_pairs"], result["iou"]
    lines = [
        f"found {result['recall']:.1%} of the copies (by hashes {result['hashes_recall']:.1%}, by "
        f"keypoints {result['keypoints_recall']:.1%}; every other copy "
        f"{result['halves'][0]:.1%}, the rest {result['halves'][1]:.1%})",
        f"false pairs: {false['originals']} with originals, {false['copies']} of copies; "
        f"{false['fillings']} pairs share a filling",
        *(f"  {a} and {b}" for a, b in false["pairs"]),
        f"located: IoU {iou['median']} (median), {iou['min']} (least)" if iou else "not located",
        f"keypoints of a picture: {result['keypoints_ms']} ms; looking for parts: "
        f"{result['deep_ms']['p50']} ms (p50), {result['deep_ms']['p95']} ms (p95)",
        *(f"{name}: {value:.1%}" for name, value in result["rivals"].items()),
        *(f"not installed: {name}" for name in result["absent"]),
        "",
        "| kind | together | keypoints | IoU (median, least) |",
        "| --- | --- | --- | --- |",
    ]
    for kind, count in result["kinds"].items():
        place = result["iou_kinds"].get(kind)
        located = f"{place['median']:.2f}, {place['min']:.2f}" if place else ""
        alone = result["keypoints_kinds"][kind]["found"]
        lines.append(f"| {kind} | {count['found']} of {count['of']} | {alone} | {located} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if not any((options.folder / name).exists() for name in ("copies.csv", "edits.csv")):
        parser.error(f"{options.folder} has no copies.csv; give a folder laid out as described")
    result = measure(options.folder)
    print(json.dumps(result) if options.json else text(result))


if __name__ == "__main__":
    main()
