"""Pictures without files, by hashes that tests choose, and what is stored of their matches."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from django.db import transaction

from gallery.matching.cluster_summaries import Summary
from gallery.models import Closeup, Cluster, Image, Match, MatchKind, Verification
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.pictures import Preview
from hashing.verification import VERSION
from tests.pictures import photo

State = tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]


def picture(family: int, variant: int = 0, digest: str = "", **columns: Any) -> Image:
    """Return an unsaved picture; those of one family are a few bits apart, others far."""
    digest = digest or f"px1:{family}-{variant}"
    values = {"sha256": digest, "content_digest": digest, "byte_size": 1000 + variant}
    return Image(**{**values, "file": f"originals/{digest}", **hashes(family, variant), **columns})


def hashes(family: int, variant: int = 0) -> dict[str, PerceptualHash]:
    """Return the hashes of a picture."""
    rng = np.random.default_rng(family)
    small, large = (int.from_bytes(rng.bytes(width), "big") for width in (8, 32))
    flips = np.random.default_rng([family, variant])
    for bit in flips.choice(256, 8 * (variant % 6), replace=False):
        large ^= 1 << int(bit)
    return {"phash": PerceptualHash(small), "dct256": PerceptualHash(large, 256)}


def add(pictures: Iterable[Image]) -> list[Image]:
    """Store pictures, past signals, each with the pixels of its family."""
    # At once: a worker that saw pictures without pixels would look for their files in vain.
    with transaction.atomic():
        stored = Image.objects.bulk_create(pictures)
        Closeup.objects.bulk_create(
            Closeup(image=image, content_digest=image.content_digest, preview=preview(image.phash))
            for image in stored
            if image.phash is not None
        )
    return stored


@cache
def preview(phash: PerceptualHash) -> bytes:
    """Return the same pixels for the same hash, and others for another one."""
    return Preview.of(photo(phash.value % 2**32, (160, 120))).to_bytes()


def stored() -> State:
    """Return all matches and clusters as values that do not tell when they were stored."""
    fields = ("first_id", "second_id", "kind", "distance", "turn", "framing", "other_framing")
    matches = set(Match.objects.values_list(*fields, "first_keeps", "second_keeps"))
    clusters = {
        (
            *(cluster.representative_id, cluster.kind, cluster.size, cluster.widest),
            *(cluster.bytes_to_free, cluster.newest),
            tuple(cluster.memberships.values_list("image_id", "distance")),
            tuple(
                cluster.audience_summaries.order_by("audience").values_list(
                    "audience", *Summary._fields
                )
            ),
        )
        for cluster in Cluster.objects.prefetch_related("memberships")
    }
    return matches, clusters


def verified(first: Image, second: Image, kind: MatchKind) -> None:
    """Store that the contents of two pictures are of this kind to each other."""
    digests = sorted((first.content_digest, second.content_digest))
    Verification.objects.create(
        first_digest=digests[0], second_digest=digests[1], kind=kind, version=VERSION
    )
