"""Pictures whose links tests choose, and what is told of them."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User

from gallery.clusters.cards import cluster_cards
from gallery.clusters.link_table import LinkTable
from gallery.clusters.visible_clusters import VisibleClusters
from gallery.decisions import journal
from gallery.decisions.changes import VerdictChange
from gallery.decisions.picture_pairs import PicturePair
from gallery.matching import follower
from gallery.matching.computed_clusters import ImageCluster
from gallery.models import Decision, DecisionItem, Image, Verdict
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.gallery.match_rows import add, picture

LARGE = (1 << 256) - 1


def chain(*flipped: int, **columns: Any) -> list[Image]:
    """Store pictures of one family, each with the first so many bits flipped."""
    base = picture(7).dct256.value
    made = [picture(7, digest=f"px1:chain-{bits:03}", **columns) for bits in dict.fromkeys(flipped)]
    for image, bits in zip(made, dict.fromkeys(flipped), strict=True):
        image.dct256 = PerceptualHash(base ^ (LARGE >> (256 - bits) if bits else 0), 256)
    return add(made)


def clusters() -> list[list[int]]:
    follower.finish()
    return sorted(sorted(found.keys) for found in VisibleClusters(None).first())


def found(viewer: User | None = None) -> ImageCluster:
    follower.finish()
    (cluster,) = VisibleClusters(viewer).first()
    return cluster


def table_of(cluster: ImageCluster, leave: Collection[int] = ()) -> LinkTable:
    (card,) = cluster_cards([cluster], "phash")
    return LinkTable.of(card, "phash", 10, leave)


def table(viewer: User | None = None, leave: Collection[int] = ()) -> LinkTable:
    return table_of(found(viewer), leave)


def keys(*images: Image) -> list[int]:
    return [image.pk for image in images]


def said(a: Image, b: Image, kind: str, user: User) -> None:
    """Let `user` give a verdict on two pictures, recorded in the journal."""
    pair = PicturePair.of(a, b, {})
    change = VerdictChange(pair.target, None, pair.verdict(Verdict.Kind(kind), user))
    effects = [journal.ItemEffect(key, DecisionItem.Effect.CONCERNED) for key in keys(a, b)]
    journal.record(Decision.Action.VERDICT, user, [change], effects, "gave a verdict")
