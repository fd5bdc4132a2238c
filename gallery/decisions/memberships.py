"""Memberships of pictures in tags and albums, read and written by decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Model

from gallery.decisions.changes import MembershipChange
from gallery.decisions.targets import COLLECTIONS, Membership
from gallery.models import Image


def read_memberships(targets: Collection[Membership]) -> dict[Membership, bool]:
    """Return the values of `targets`, without those whose picture or collection is deleted."""
    values: dict[Membership, bool] = {}
    for kind in COLLECTIONS:
        values |= _read(kind, [target for target in targets if target.kind == kind])
    return values


def write_memberships(changes: Collection[MembershipChange]) -> None:
    """Add pictures to their collections, or remove them."""
    for kind in COLLECTIONS:
        of_kind = [change for change in changes if change.target.kind == kind]
        _add(kind, [change.target for change in of_kind if change.after])
        _remove(kind, [change.target for change in of_kind if not change.after])


def _read(kind: str, targets: Collection[Membership]) -> dict[Membership, bool]:
    model = COLLECTIONS[kind]
    wanted_images = {target.image for target in targets}
    wanted_collections = {target.collection for target in targets}
    images = set(Image.objects.filter(pk__in=wanted_images).values_list("pk", flat=True))
    collections = set(model.objects.filter(pk__in=wanted_collections).values_list("pk", flat=True))
    through = model.images.through.objects.filter(image__in=images)
    members = set(through.values_list("image_id", f"{kind}_id"))
    return {
        target: (target.image, target.collection) in members
        for target in targets
        if target.image in images and target.collection in collections
    }


def _add(kind: str, targets: Collection[Membership]) -> None:
    through: type[Model] = COLLECTIONS[kind].images.through
    rows = [
        through(**{"image_id": target.image, f"{kind}_id": target.collection}) for target in targets
    ]
    through._default_manager.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _remove(kind: str, targets: Collection[Membership]) -> None:
    images_of: dict[int, list[int]] = defaultdict(list)
    for target in targets:
        images_of[target.collection].append(target.image)
    through = COLLECTIONS[kind].images.through
    for collection, images in images_of.items():
        through.objects.filter(**{f"{kind}_id": collection, "image__in": images}).delete()
