"""
How many copies are found, how many different pictures are mistaken for copies, and how fast?

    python benchmarks/matching.py DIR [--json]
    python benchmarks/matching.py --scale 100000 [--json]

DIR holds `edits.csv` (edited, original, transform, group; every row a true pair), `distinct/`
(pictures that are all different), `pairs.csv` (a, b, relation, kind), and perhaps
`hard_negatives/` (text pages that are all different; without it pages are drawn). Beside the
gallery's own matching stand the whole-picture hashes of others: ImageHash's phash and imagededup's
default, both within 10 bits of 64, and PDQ within its default of 31 bits of 256, and in eight turns
within 79. Rivals that are not installed (requirements-bench.txt) are named as absent.

With --scale a temporary SQLite database gets so many rows with hashes made up, and single
pictures, half of them altered copies, are matched with all of it; times are CPU time.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy is loaded
sys.path.insert(0, str(Path(__file__).parent.parent))

import imagehash
import numpy as np
import numpy.typing as npt
import scipy.fftpack
from PIL import Image as PillowImage
from PIL import ImageDraw

from hashing.algorithms import ALGORITHMS
from hashing.clustering import clusters
from hashing.decoding import Picture, decode
from hashing.exceptions import Refusal
from hashing.fingerprint import is_informative, is_page
from hashing.framings import Framing, Turn, turned_bytes, views
from hashing.hamming_index import Pairs
from hashing.match_table import MatchTable
from hashing.matching import LARGE_BYTES, Stored, Subject, all_matches

try:
    import pdqhash
except ImportError:
    pdqhash = None

Bits = npt.NDArray[np.uint8]
KeyPair = tuple[int, int]

SUFFIXES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp"}
WORDS = (
    *("total", "cash", "change", "tax", "item", "amount", "invoice"),
    *("date", "thank", "please", "again", "road", "shop", "table"),
)


@dataclass
class Corpus:
    """The pictures of DIR by number, and what is known of them."""

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
            print(f"left out: {name}: {error}", file=sys.stderr)
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


# --- what others compute --------------------------------------------------------------------


def phash(picture: Picture) -> Bits:
    return np.packbits(imagehash.phash(picture.image).hash)


def imagededup_phash(picture: Picture) -> Bits:
    """imagededup 0.3's PHash, its default method, step by step."""
    small = picture.image.resize((32, 32), PillowImage.Resampling.LANCZOS).convert("L")
    pixels = np.asarray(small).astype(np.float64)
    low = scipy.fftpack.dct(scipy.fftpack.dct(pixels, axis=0), axis=1)[:8, :8]
    return np.packbits(low >= np.median(low.ravel()[1:]))


def pdq(picture: Picture) -> Bits:
    """All eight turns, the upright one first; no bits where PDQ itself doubts the hash."""
    hashes, quality = pdqhash.compute_dihedral(np.asarray(picture.image))
    packed = np.packbits(np.array(hashes, dtype=np.uint8), axis=-1)
    return packed if quality >= 50 else np.zeros((0, 32), dtype=np.uint8)


RIVALS: dict[str, Callable[[Picture], Bits]] = {
    "imagehash_phash_10": phash,
    "imagededup_phash_10": imagededup_phash,
    **({"pdq": pdq} if pdqhash else {}),
}


def rival_pairs(corpus: Corpus, keys: list[int]) -> dict[str, set[KeyPair]]:
    """Return the pairs that each rival takes for copies."""
    found = {}
    for name in ("imagehash_phash_10", "imagededup_phash_10"):
        hashes = corpus.rivals[name]
        found[name] = near(keys, {key: hashes[key][None] for key in keys}, 10)
    if pdqhash:
        hashes = corpus.rivals["pdq"]
        found["pdq_31"] = near(keys, {key: hashes[key][:1] for key in keys}, 31)
        found["pdq_8_turns_79"] = near(keys, hashes, 79)
    return found


def near(keys: list[int], hashes: Mapping[int, Bits], most: int) -> set[KeyPair]:
    """Return pairs of which some hash of one is near the first hash of the other."""
    held = [key for key in keys if len(hashes[key])]
    first = np.stack([hashes[key][0] for key in held])
    pairs = set()
    for key in held:
        distances = np.bitwise_count(hashes[key][:, None] ^ first[None]).sum(axis=-1)
        for place in np.flatnonzero((distances <= most).any(axis=0)).tolist():
            if held[place] != key:
                pairs.add((min(key, held[place]), max(key, held[place])))
    return pairs


# --- our own --------------------------------------------------------------------------------


def matches_among(subjects: Mapping[int, Subject]) -> MatchTable:
    small = {}
    for framing in Framing:
        held = {key: one.hashes[framing] for key, one in subjects.items() if framing in one.hashes}
        small[framing] = (
            np.array(list(held), dtype=np.int64),
            np.array(list(held.values()), dtype=np.uint64),
        )
    return all_matches(small, stored(subjects))


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

    Precision: of the pairs that share a cluster those that share an original. Recall: of the
    copies those that share a cluster with their original.
    """
    keys = sorted(original)
    place = {key: number for number, key in enumerate(keys)}
    rows = [(place[a], place[m.key], m.distance) for a, m in table if a in place and m.key in place]
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


# --- a folder -------------------------------------------------------------------------------


def measure(folder: Path) -> dict[str, Any]:
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
    table = matches_among(corpus.subjects)
    pairs = {(first, match.key) for first, match in table}
    own_original = {name: name for name in distinct} | {
        row[side]: row["original"] for row in edits for side in ("original", "edited")
    }
    original = {
        key: whose
        for name, other in own_original.items()
        if (key := corpus.key(name)) is not None and (whose := corpus.key(other)) is not None
    }
    own = edit_figures(pairs, corpus, edits, original)
    rivals = rival_pairs(corpus, sorted(original))
    others = {name: edit_figures(found, corpus, edits, original) for name, found in rivals.items()}
    return {
        "recall": own["recall"],
        "false_pairs": own["false_pairs"],
        "pairs": own["pairs"],
        "groups": own["groups"],
        "transforms": own["transforms"],
        "labelled": label_figures(pairs, corpus, labels),
        "clusters": cluster_figures(table, original),
        "text_pages": page_figures(folder),
        "ms_per_image": round(corpus.ms, 2),
        "rivals": {name: figures["recall"] for name, figures in others.items()},
        "rivals_false_pairs": {name: figures["false_pairs"] for name, figures in others.items()},
        "rivals_groups": {name: figures["groups"] for name, figures in others.items()},
        "absent": [] if pdqhash else ["pdq"],
    }


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
    """Return how many were hit of each kind."""
    of_kind = defaultdict(list)
    for kind, hit in zip(kinds, hits, strict=True):
        of_kind[kind].append(hit)
    return {kind: round(float(np.mean(some)), 3) for kind, some in sorted(of_kind.items())}


def is_found(corpus: Corpus, pairs: set[KeyPair], a: int | None, b: int | None) -> bool:
    if a is None or b is None:
        return False
    # Equal contents need no hash: that is how flat pictures are found.
    return (min(a, b), max(a, b)) in pairs or corpus.digests[a] == corpus.digests[b]


def label_figures(
    pairs: set[KeyPair], corpus: Corpus, labels: list[dict[str, str]]
) -> dict[str, Any]:
    """Count pairs and how many of them are found, by relation; and name what is amiss."""
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


def page_figures(folder: Path) -> dict[str, Any]:
    names = pictures_in(folder, "hard_negatives")
    if names:
        subjects = read_corpus(folder, names).subjects
    else:
        pages = [receipt(seed) for seed in range(60)] + [letter(seed) for seed in range(60)]
        subjects = dict(enumerate(map(drawn_subject, pages)))
    flagged = len(matches_among(subjects))
    return {
        "pairs": len(subjects) * (len(subjects) - 1) // 2,
        "flagged": flagged,
        "pages": len(subjects),
        "seen_as_pages": sum(one.is_page for one in subjects.values()),
        "drawn": not names,
    }


def drawn_subject(image: PillowImage.Image) -> Subject:
    with tempfile.TemporaryFile() as file:
        image.save(file, "JPEG")
        return subject_of(decode(file))


def receipt(seed: int) -> PillowImage.Image:
    """Draw one of many receipts of the same shop."""
    rng = np.random.default_rng(seed)
    page = PillowImage.new("RGB", (500, 1100), (int(rng.integers(235, 256)),) * 3)
    draw = ImageDraw.Draw(page)
    for line in range(5):
        draw.text(
            (250, 30 + 34 * line), WORDS[line].upper() * 3, "black", font_size=24, anchor="ma"
        )
    y = 220
    for _ in range(int(rng.integers(8, 24))):
        draw.text((30, y), " ".join(rng.choice(WORDS, 3)), "black", font_size=20)
        draw.text((470, y), f"{rng.integers(1, 99)}.00", "black", font_size=20, anchor="ra")
        y += 28
    draw.line((20, y, 480, y), "black", 3)
    draw.text((30, y + 15), f"TOTAL {rng.integers(10, 999)}.00", "black", font_size=30)
    return page.rotate(float(rng.normal(0, 0.5)), fillcolor="white")


def letter(seed: int) -> PillowImage.Image:
    """Draw a page of text."""
    rng = np.random.default_rng(seed)
    page = PillowImage.new("RGB", (600, 850), "white")
    draw = ImageDraw.Draw(page)
    draw.text((60, 60), " ".join(rng.choice(WORDS, 3)).title(), "black", font_size=32)
    for y in range(130, 780, 26):
        words = rng.choice(WORDS, int(rng.integers(2, 8)))
        draw.text((60, y), " ".join(words), "black", font_size=18)
    return page


# --- a number of rows -----------------------------------------------------------------------

FRAMED, CAPTIONED = 0.15, 0.05  # of the pictures, as in photo collections
ALTERED = 40  # bits of 256 that a copy has changed


def measure_scale(rows: int, queries: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        set_up_django(folder)
        rng = np.random.default_rng(seed)
        small, large = made_up(rows, rng)
        fill(small, large)
        return {"n": rows, "queries": queries} | timed_matches(small, large, queries, rng)


def set_up_django(folder: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": folder,
        "DATABASE_URL": f"sqlite:///{folder}/benchmark.sqlite3",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def made_up(rows: int, rng: np.random.Generator) -> tuple[Bits, Bits]:
    """
    Return small and large hashes, shape (rows, bytes).

    The bits of photos are not quite even: two of them are within 14 bits of 64 more often than
    chance would have it, and so are these.
    """
    small, large = (
        np.packbits(rng.random((rows, width)) < 0.5 + 0.12 * signs(width), axis=1)
        for width in (64, 256)
    )
    large[:, 0] |= 128
    return small, large


def signs(width: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(7).choice([-1, 1], width)


def fill(small: Bits, large: Bits) -> None:
    from django.db import connection, transaction

    from gallery.models import Image
    from hashing.changelog import restore

    fields = {field.name: field for field in Image._meta.concrete_fields}
    blank = Image(format="JPEG", content_digest="")
    values = {
        name: field.get_db_prep_save(field.pre_save(blank, add=True), connection)
        for name, field in fields.items()
    }
    framings = [("", 1.0), ("_unframed", FRAMED), ("_uncaptioned", CAPTIONED)]

    def row(key: int) -> list[Any]:
        held = values | {"id": key + 1, "public_id": uuid.UUID(int=key).hex}
        for suffix, share in framings:
            if key % 100 < 100 * share:
                number = int.from_bytes(
                    np.roll(small[key], len(suffix)).tobytes(), "big", signed=True
                )
                held["phash" + suffix] = number
                held["dct256" + suffix] = b"\x80" + large[key, 1:].tobytes()
        return list(held.values())

    columns = ", ".join(f'"{field.column}"' for field in fields.values())
    marks = ", ".join(["?"] * len(fields))
    with connection.cursor() as cursor:
        for event in ("insert", "update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS hash_{event}_{Image._meta.db_table}")
    with transaction.atomic():
        connection.connection.executemany(
            f"INSERT INTO {Image._meta.db_table} ({columns}) VALUES ({marks})",
            map(row, range(len(small))),
        )
    restore()


def timed_matches(
    small: Bits, large: Bits, queries: int, rng: np.random.Generator
) -> dict[str, Any]:
    from gallery.models import Image
    from hashing.perceptual_hash import PerceptualHash

    turns = list(Turn)
    times, missed = [], 0
    for number in range(queries + 20):
        key = int(rng.integers(0, len(small)))
        turn = turns[int(rng.integers(0, 8))]
        is_copy = number % 2 == 0
        source = (small[key], large[key]) if is_copy else tuple(x[0] for x in made_up(1, rng))
        little, great = (
            PerceptualHash.from_bytes(flipped(turned_bytes(bits, turn), flips, rng).tobytes())
            for bits, flips in zip(source, (5, ALTERED), strict=True)
        )
        image = Image(pk=-1, phash=little, dct256=great)
        if number % 8 >= 6:
            image.phash_unframed, image.dct256_unframed = little, great
        begin = time.process_time()
        found = list(Image.objects.matches_of(image).values_list("pk", "distance", "turn"))
        times.append(1000 * (time.process_time() - begin))
        missed += is_copy and key + 1 not in [pk for pk, *_ in found]
    times = times[20:]  # the first ones load the indexes
    return {
        "match_ms": {
            "p50": round(float(np.percentile(times, 50)), 2),
            "p95": round(float(np.percentile(times, 95)), 2),
        },
        "missed": missed,
    }


def flipped(bits: Bits, flips: int, rng: np.random.Generator) -> Bits:
    mask = np.zeros(8 * len(bits), dtype=np.uint8)
    mask[rng.choice(np.arange(1, len(mask)), flips, replace=False)] = 1
    return bits ^ np.packbits(mask)


# --- what is printed ------------------------------------------------------------------------


def text(result: dict[str, Any]) -> str:
    if "match_ms" in result:
        ms = result["match_ms"]
        return (
            f"one picture against {result['n']:,}: {ms['p50']} ms (p50), {ms['p95']} ms (p95); "
            f"{result['missed']} of {result['queries'] // 2} copies missed"
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
        *(
            f"{relation}: {count['found']} of {count['pairs']} pairs found"
            for relation, count in result["labelled"].items()
            if relation != "amiss"
        ),
        *(f"  amiss: {line}" for line in result["labelled"]["amiss"]),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path)
    parser.add_argument("--scale", metavar="N", type=int, help="match with N made-up rows")
    parser.add_argument("--queries", type=int, default=200, help="pictures to match with them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if (options.folder is None) == (options.scale is None):
        parser.error("give a folder or --scale N")
    if options.folder and not (options.folder / "edits.csv").exists():
        parser.error(f"{options.folder} has no edits.csv; give a folder laid out as described")
    result = (
        measure(options.folder)
        if options.folder
        else measure_scale(options.scale, options.queries, options.seed)
    )
    print(json.dumps(result) if options.json else text(result))


if __name__ == "__main__":
    main()
