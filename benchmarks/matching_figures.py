"""Recall and precision of matches and of clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from matching_corpus import Corpus
from matching_rivals import KeyPair

from hashing.fingerprints import Framing
from hashing.matching import (
    LARGE_BYTES,
    LIMITS,
    Limits,
    MatchTable,
    Stored,
    Subject,
    all_matches,
    clusters,
)
from hashing.search import Pairs


def matches_among(subjects: Mapping[int, Subject], limits: Limits = LIMITS) -> MatchTable:
    small = {}
    for framing in Framing:
        held = {key: one.hashes[framing] for key, one in subjects.items() if framing in one.hashes}
        small[framing] = (
            np.array(list(held), dtype=np.int64),
            np.array(list(held.values()), dtype=np.uint64),
        )
    return all_matches(small, stored(subjects), limits)


def stored(subjects: Mapping[int, Subject]) -> Stored:
    return Stored.of(
        (
            key,
            one.is_page,
            one.taken_at,
            {f: value.to_bytes(LARGE_BYTES, "big") for f, value in one.large.items()},
        )
        for key, one in subjects.items()
    )


def cluster_figures(table: MatchTable, original: Mapping[int, int]) -> dict[str, float]:
    """
    Cut the matches among pictures into stars.

    Precision is the share of pairs in one cluster that have the same original. Recall is the
    share of copies that are in one cluster with their original.
    """
    keys = sorted(original)
    place = {key: number for number, key in enumerate(keys)}
    rows = [
        (place[a], place[match.key], match.alignment.distance)
        for a, match in table
        if a in place and match.key in place
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    nodes = [np.array([key], dtype=np.int64) for key in keys]
    pairs = Pairs(np.zeros(len(keys), dtype=np.uint64), nodes, columns[0], columns[1], columns[2])
    found = clusters(pairs)
    cluster_of = {key: n for n, cluster in enumerate(found) for key, _ in cluster.members}
    together = right = 0
    for cluster in found:
        members = [original[key] for key, _ in cluster.members]
        together += len(members) * (len(members) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in np.unique(members, return_counts=True)[1].tolist())
    copies = [key for key in keys if original[key] != key]
    joined = sum(
        key in cluster_of and cluster_of[key] == cluster_of.get(original[key]) for key in copies
    )
    return {"precision": right / max(1, together), "recall": joined / max(1, len(copies))}


def edit_figures(
    pairs: set[KeyPair],
    corpus: Corpus,
    edits: list[dict[str, str]],
    original: Mapping[int, int],
) -> dict[str, Any]:
    hits = [
        is_found(corpus, pairs, corpus.key(row["edited"]), corpus.key(row["original"]))
        for row in edits
    ]
    false = sum(a in original and b in original and original[a] != original[b] for a, b in pairs)
    sizes = np.unique(list(original.values()), return_counts=True)[1]
    different = len(original) * (len(original) - 1) // 2 - int((sizes * (sizes - 1) // 2).sum())
    return {
        "recall": round(float(np.mean(hits)), 4) if hits else None,
        "false_pairs": false,
        "pairs": different,
        "groups": shares([row["group"] for row in edits], hits),
        "transforms": shares([row["transform"] for row in edits], hits),
    }


def shares(kinds: list[str], hits: list[bool]) -> dict[str, float]:
    """Return the number of hits of each kind."""
    of_kind = defaultdict(list)
    for kind, hit in zip(kinds, hits, strict=True):
        of_kind[kind].append(hit)
    return {kind: round(float(np.mean(some)), 3) for kind, some in sorted(of_kind.items())}


def is_found(corpus: Corpus, pairs: set[KeyPair], a: int | None, b: int | None) -> bool:
    if a is None or b is None:
        return False
    # Pictures of equal content match without hashes, flat ones too.
    return (min(a, b), max(a, b)) in pairs or corpus.digests[a] == corpus.digests[b]


def label_figures(
    pairs: set[KeyPair], corpus: Corpus, labels: list[dict[str, str]]
) -> dict[str, Any]:
    """Count all pairs and the found ones by relation, and list the wrong ones."""
    figures: dict[str, dict[str, int]] = {}
    amiss = []
    for row in labels:
        found = is_found(corpus, pairs, corpus.key(row["a"]), corpus.key(row["b"]))
        count = figures.setdefault(row["relation"], {"pairs": 0, "found": 0})
        count["pairs"] += 1
        count["found"] += found
        if found != row["relation"].startswith("duplicate"):
            amiss.append(f"{row['relation']}, {row['kind']}: {row['a']} and {row['b']}")
    return {**figures, "amiss": amiss}
