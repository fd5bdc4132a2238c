"""A made-up gallery for benchmarks/pages.py: pictures, people, albums, decisions, a trash."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
DAYS = 2000
# Decisions of the reviewer in the session that is open while pages are measured.
TODAY = 3000
# Of so many pictures one belongs to root, to the reviewer, to somebody else who hides it.
EVERY = {"root": 100, "rae": 101, "mia": 51}
ALBUMS = {"Trip": 50, "Attic": 0.2}  # pictures, or the share of all


def fill(count: int) -> float:
    """
    Make a gallery of `count` pictures; returns the seconds that matching them took.

    There is a cluster of three pictures for every five pictures; half of the others belong
    to "uma". The reviewer "rae" is not a superuser, cannot see the private pictures of "mia", and
    has some of her own. There is one decision for every five pictures, and a tenth of the pictures
    are in the trash.
    """
    from django.contrib.auth.models import User

    from gallery import matching
    from gallery.batches import in_batches
    from gallery.models import Image

    people = _people()
    rows = _pictures(count, {name: user.pk for name, user in people.items()})
    for batch in in_batches(rows):
        Image.objects.bulk_create(batch, batch_size=500)
    _albums(count)
    start = time.process_time()
    matching.rebuild()
    seconds = time.process_time() - start
    _files()
    _provenances()
    keys = list(Image.objects.order_by("pk").values_list("pk", flat=True))
    _decisions(keys, [User.objects.get(username=name) for name in ("root", "rae")])
    return seconds


def _people() -> dict[str, Any]:
    from django.contrib.auth.models import Permission, User

    people = {name: User.objects.create_user(name) for name in ("rae", "mia", "uma")}
    rae = people["rae"]
    rae.is_staff = True
    rae.save()
    names = ("review_duplicates", "change_image", "view_image", "view_verdict")
    rae.user_permissions.set(Permission.objects.filter(codename__in=names))
    return people | {"root": User.objects.create_superuser("root")}


def _pictures(count: int, people: dict[str, int]) -> Iterator[Any]:
    """Yield unsaved pictures: a fifth as many families of three, all others alone."""
    from gallery.models import Image
    from hashing.fingerprints import PerceptualHash

    rng = np.random.default_rng(1)
    families = count // 5
    days = rng.permutation(count) * DAYS / count
    scenes = rng.bytes(40 * count)
    for number in range(count):
        is_alone = number >= 3 * families
        family = number if is_alone else number % families
        scene = scenes[40 * family : 40 * (family + 1)]
        small, large = (int.from_bytes(part, "big") for part in (scene[:8], scene[8:]))
        for bit in rng.choice(256, 12, replace=False) if number >= families else ():
            large ^= 1 << int(bit)
        digest = f"px1:{number}"
        owner = _owner(number, is_alone)
        moment = BEGIN + timedelta(days=float(days[number]))
        yield Image(
            title=f"Picture {number}",
            file=f"originals/{number}.jpg",
            owner_id=people.get(owner),
            visibility="private" if owner in ("mia", "rae") else "public",
            created_at=moment,
            trashed_at=moment if is_alone and number % 4 == 0 else None,
            format="JPEG",
            width=4000,
            height=3000,
            byte_size=int(rng.integers(1_000_000, 9_000_000)),
            sha256=digest,
            content_digest=digest,
            phash=PerceptualHash(small),
            dct256=PerceptualHash(large, 256),
        )


def _files() -> None:
    """Put a file, the same, where every picture in a cluster has its own."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from gallery.models import ClusterMember

    first = default_storage.path(default_storage.save("originals/any.jpg", ContentFile(b"none")))
    for name in ClusterMember.objects.values_list("image__file", flat=True).iterator():
        Path(default_storage.path(name)).symlink_to(first)


def _provenances() -> None:
    """Store the provenance of clustered contents, as if their files had been read."""
    from gallery.models import ClusterMember, Provenance

    digests = ClusterMember.objects.values_list("image__content_digest", flat=True)
    rows = (Provenance(content_digest=digest, is_compared=True) for digest in digests)
    Provenance.objects.bulk_create(rows, batch_size=5000)


def _owner(number: int, is_alone: bool) -> str:
    if is_alone and number % 2:
        return "uma"
    return next((name for name, every in EVERY.items() if number % every == 0), "")


def _albums(count: int) -> None:
    from gallery.models import Album, Image

    for name, share in ALBUMS.items():
        album = Album.objects.create(name=name, slug=name.lower())
        wanted = share if share >= 1 else int(count * share)
        keys = Image.objects.order_by("pk").values_list("pk", flat=True)[:wanted]
        through = Album.images.through
        rows = (through(image_id=key, album_id=album.pk) for key in keys)
        through.objects.bulk_create(rows, batch_size=1000)


def _decisions(keys: list[int], people: list[Any]) -> None:
    """Store decisions that change nothing, each about three pictures."""
    from gallery.batches import in_batches
    from gallery.models import Decision, DecisionItem

    count = len(keys) // 5
    now = datetime.now(UTC)
    for numbers in in_batches(range(count, 0, -1)):
        made = Decision.objects.bulk_create(_decision(n, now, people, keys) for n in numbers)
        DecisionItem.objects.bulk_create(
            DecisionItem(decision=decision, image_id=key, effect=effect)
            for number, decision in zip(numbers, made, strict=True)
            for key, effect in zip(
                _three(number, keys), ("kept", "trashed", "trashed"), strict=True
            )
        )


def _decision(number: int, now: datetime, people: list[Any], keys: list[int]) -> Any:
    """Return decision `number`, counted from the newest; the reviewer made the last ones today."""
    from gallery.models import Decision

    is_today = number <= TODAY
    return Decision(
        action="resolve",
        made_by=people[1 if is_today else number % 2],
        made_at=now - timedelta(seconds=6 * number if is_today else 3600 + 600 * number),
        summary="kept 1, trashed 2",
        changes=[
            ["image", key, "trashed_at", None, now.isoformat()] for key in _three(number, keys)[1:]
        ],
    )


def _three(number: int, keys: list[int]) -> Iterable[int]:
    start = 5 * number % (len(keys) - 3)
    return keys[start : start + 3]
