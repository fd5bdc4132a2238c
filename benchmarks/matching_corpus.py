"""Reads and hashes a folder of pictures whose copies are known."""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from matching_rivals import RIVALS, Bits

from hashing.exceptions import Refusal
from hashing.fingerprints import ALGORITHMS, Framing, is_informative, is_page, views
from hashing.matching import Subject
from hashing.pictures import Picture, decode

SUFFIXES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp"}


@dataclass
class Corpus:
    """The pictures of DIR by number, and their known relations."""

    names: list[str]
    subjects: dict[int, Subject]  # informative ones only
    digests: list[str]
    rivals: dict[str, dict[int, Bits]]
    ms: float

    def key(self, name: str) -> int | None:
        return self._keys.get(name)

    def __post_init__(self) -> None:
        self._keys = {name: key for key, name in enumerate(self.names)}


def read_corpus(folder: Path, names: Iterable[str]) -> Corpus:
    corpus = Corpus([], {}, [], defaultdict(dict), 0.0)
    seconds = 0.0
    for name in names:
        try:
            with (folder / name).open("rb") as file:
                picture = decode(file)
        except (Refusal, FileNotFoundError) as error:
            print(f"skipped: {name}: {error}", file=sys.stderr)
            continue
        key = len(corpus.names)
        corpus.names.append(name)
        corpus.digests.append(picture.content_digest)
        _ = picture.gray  # the other hashes need it too
        start = time.process_time()
        subject = subject_of(picture)
        seconds += time.process_time() - start
        if is_informative(picture):
            corpus.subjects[key] = subject
        for rival, compute in RIVALS.items():
            corpus.rivals[rival][key] = compute(picture)
    corpus.ms = 1000 * seconds / max(1, len(corpus.names))
    corpus.__post_init__()
    return corpus


def subject_of(picture: Picture) -> Subject:
    seen = views(picture, list(Framing))
    small, large = (
        {framing: ALGORITHMS[name](view).value for framing, view in seen.items()}
        for name in ("phash", "dct256")
    )
    return Subject(small, large, is_page(picture))


def table_of(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pictures_in(folder: Path, name: str) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in (folder / name).rglob("*")
        if path.suffix.lower() in SUFFIXES
    )
