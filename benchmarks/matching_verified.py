"""Looks at both pictures of each match, and counts what verification says of them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matching_corpus import Corpus
from PIL import Image as PillowImage

from hashing.fingerprints import Alignment
from hashing.matching import MatchTable
from hashing.pictures import DecodeOptions, Preview, decode
from hashing.verification import Kind, Verification, verify

# The long side of the copies that verification may ask for, in pixels.
CLOSER_SIDE = 640


@dataclass
class Looker:
    """Verifies pairs of pictures in `folder`, by their `names`, and keeps the CPU time of each."""

    folder: Path
    names: Mapping[int, str]
    milliseconds: list[float] = field(default_factory=list)
    closer_asked: int = 0

    def __post_init__(self) -> None:
        self._previews: dict[int, Preview] = {}

    def preview(self, key: int) -> Preview:
        if key not in self._previews:
            stored = Preview.of(self._picture(key)).to_bytes()
            self._previews[key] = Preview.from_bytes(stored)
        return self._previews[key]

    def look(self, first: int, second: int, alignment: Alignment) -> Verification:
        pair = self.preview(first), self.preview(second)
        larger: list[float] = []

        def closer() -> tuple[Preview, Preview]:
            start = time.process_time()
            found = self._larger(first), self._larger(second)
            larger.append(time.process_time() - start)
            return found

        start = time.process_time()
        found = verify(*pair, alignment, closer)
        seconds = time.process_time() - start - sum(larger)
        self.milliseconds.append(1000 * seconds)
        self.closer_asked += len(larger)
        return found

    def times(self) -> dict[str, float]:
        if not self.milliseconds:
            return {}
        middle, late = np.percentile(self.milliseconds, (50, 95))
        return {"p50": round(float(middle), 1), "p95": round(float(late), 1)}

    def _larger(self, key: int) -> Preview:
        picture = self._picture(key).convert("RGB")
        picture.thumbnail((CLOSER_SIDE, CLOSER_SIDE), PillowImage.Resampling.BOX)
        return Preview(np.asarray(picture))

    def _picture(self, key: int) -> PillowImage.Image:
        with (self.folder / self.names[key]).open("rb") as file:
            return decode(file, DecodeOptions()).image


def looked_at(looker: Looker, table: MatchTable) -> dict[tuple[int, int], Verification]:
    """Return what verification says of each match, by its keys, the smaller first."""
    return {
        (first, match.key): looker.look(first, match.key, match.alignment) for first, match in table
    }


def kinds(found: Iterable[Verification]) -> dict[str, int]:
    """Return how many are of each kind."""
    counts = dict.fromkeys((kind.value for kind in Kind), 0)
    for one in found:
        counts[one.kind.value] += 1
    return counts


def kinds_by_group(
    looked: Mapping[tuple[int, int], Verification], corpus: Corpus, edits: list[dict[str, str]]
) -> dict[str, dict[str, int]]:
    """Return what verification says of the matched edits by group, and of different pictures."""
    groups = {
        frozenset((corpus.key(edit["edited"]), corpus.key(edit["original"]))): edit["group"]
        for edit in edits
    }
    by_group: dict[str, list[Verification]] = defaultdict(list)
    for pair, found in looked.items():
        by_group[groups.get(frozenset(pair), "different pictures")].append(found)
    return {group: kinds(found) for group, found in sorted(by_group.items())}
