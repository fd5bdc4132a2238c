"""Matches one picture with a very large number of rows of made-up hashes."""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from typing import Any

import numpy as np
import numpy.typing as npt
from matching_rivals import Bits

from hashing.fingerprints import Turn, turned_bytes

FRAMED, CAPTIONED = 0.15, 0.05  # shares of the pictures, as in photo collections
ALTERED = 40  # of 256 bits that differ in a copy


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

    The bits of photographs are not evenly distributed: two of them are within 14 of 64 bits more
    often than by chance. So are these.
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
    from hashing.index import restore

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
    from hashing.fingerprints import PerceptualHash

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
    times = times[20:]  # the first queries load the indexes
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
