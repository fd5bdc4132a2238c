"""The pages that benchmarks/pages.py measures, each as a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from noisy_photos import noisy_photo

Ask = Callable[[], Any]

DUPLICATES = "/admin/gallery/image/duplicates/"
# Filters and orders of the list of duplicates, one at a time: owners with many, few and no
# clusters, albums and days with few and many.
NARROWED = (
    *(("kind", "picture"), ("kind", "bytes"), ("min_size", 3), ("min_size", 4)),
    *(("widest_from", 20), ("widest_to", 11), ("widest_to", 24)),
    *(("owner", "root"), ("owner", "uma"), ("album", "Trip"), ("album", "Attic")),
    *(("since", "2020-02-01"), ("since", "2025-06-01")),
    *(("sort", "size"), ("sort", "tightest"), ("sort", "newest")),
)
# Width and height of an upload, in pixels.
TWELVE_MEGAPIXELS = (4000, 3000)
SCRIPT = {"hx-request": "true"}


class Visitor:
    """A user and their logged-in client."""

    def __init__(self, name: str = "") -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        self._client = Client()
        self.user = User.objects.get(username=name) if name else None
        if self.user:
            self._client.force_login(self.user)

    def page(self, address: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return _checked(self._client.get(address, query, headers=headers), 200)

    def send(self, address: str, status: int = 200, **said: Any) -> Any:
        json = {"accept": "application/json"}
        return _checked(self._client.post(address, said, headers=json), status)

    def look(self, address: str, **said: Any) -> Any:
        """Submit the form of a page, as browsers do."""
        return _checked(self._client.post(address, said), 200)


def _checked(answer: Any, status: int) -> Any:
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    return answer


def public_pages(visitor: Visitor) -> dict[str, Ask]:
    """Return the pages that everybody can open."""
    from gallery.models import Cluster, Image

    @cache
    def shown() -> str:
        # Not earlier: the page before can have trashed it.
        public = Image.objects.untrashed().filter(visibility="public")
        centres = Cluster.objects.values("representative")
        return public.filter(pk__in=centres).earliest("pk").get_absolute_url()

    return {
        "grid": lambda: visitor.page("/"),
        "grid of copies": lambda: visitor.page("/", sort="oldest"),
        "detail": lambda: visitor.page(shown()),
    }


def review_pages(visitor: Visitor, repeats: int) -> dict[str, Ask]:
    """Return the pages and actions of a reviewer; actions are prepared for `repeats` calls."""
    from gallery.clusters import VisibleClusters

    page = visitor.page
    clusters = VisibleClusters(visitor.user)
    one = clusters.first(1)[0].keys[0]
    cursor = clusters.first(10)[-1].cursor
    far = cursor_far_down(visitor)
    return {
        "list": lambda: page(DUPLICATES),
        "list goes on": lambda: page(DUPLICATES, SCRIPT, after=cursor),
        "decide": _decide(visitor, repeats),
        "cluster": lambda: page(DUPLICATES, cluster=one),
        "list far down": lambda: page(DUPLICATES, SCRIPT, after=far),
        **{
            f"list {name}={value}": lambda asked={name: value}: page(DUPLICATES, **asked)
            for name, value in NARROWED
        },
        "history": lambda: page(f"{DUPLICATES}history/"),
        "contact sheet": lambda: page(f"{DUPLICATES}contact-sheet/"),
        "trash": lambda: page("/trash/"),
        "bulk": lambda: visitor.look(f"{DUPLICATES}bulk/", bulk="picture"),
        "bulk applied": _bulk(visitor, repeats),
    }


def cursor_far_down(visitor: Visitor) -> str:
    """Return the cursor of a cluster three quarters down the list."""
    from gallery.clusters import VisibleClusters
    from gallery.models import Cluster

    sizes = Cluster.objects.order_by("-bytes_to_free").values_list("representative", flat=True)
    key = sizes[Cluster.objects.count() * 3 // 4]
    return VisibleClusters(visitor.user, holding=[key]).first(1)[0].cursor


def _decide(visitor: Visitor, repeats: int) -> Ask:
    from gallery.clusters import ClusterFilters, VisibleClusters

    @cache
    def undecided() -> Iterator[Any]:
        return iter(VisibleClusters(visitor.user, ClusterFilters(sort="newest")).first(repeats))

    def decide() -> None:
        said = {f"choice-{key}": "related" for key in next(undecided()).keys}
        assert visitor.send(DUPLICATES, **said).json()["decision"]

    return decide


def _bulk(visitor: Visitor, repeats: int) -> Ask:
    """Return a function that accepts the suggestions of one page; all are fetched first."""
    from gallery.admin import MOST_CLUSTERS
    from gallery.clusters import ClusterFilters, VisibleClusters

    address = f"{DUPLICATES}bulk/"

    @cache
    def plans() -> Iterator[str]:
        found = VisibleClusters(visitor.user, ClusterFilters(sort="tightest"))
        # Some are left for the next visitor, however few there are.
        each = min(MOST_CLUSTERS, found.count // (2 * repeats))
        some = found.first(repeats * each)
        parts = [[found.keys[0] for found in some[start::repeats]] for start in range(repeats)]
        pages = [visitor.send(address, bulk="selected", cluster=part) for part in parts]
        return iter([page.json()["plan"] for page in pages])

    return lambda: visitor.send(address, plan=next(plans()), merge="1")


def upload(visitor: Visitor, repeats: int) -> Ask:
    """Return a function that uploads a JPEG of five megabytes."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    @cache
    def files() -> Iterator[bytes]:
        return iter([noisy_photo(seed, TWELVE_MEGAPIXELS) for seed in range(repeats)])

    return lambda: visitor.send("/upload/", 201, file=SimpleUploadedFile("a.jpg", next(files())))


def arrivals(count: int) -> Ask:
    """Return a function that compares `count` imported pictures, all of them copies."""
    from gallery import matching
    from gallery.models import Image

    untrashed = Image.objects.filter(trashed_at=None).order_by("pk")

    def arrive() -> None:
        newest = Image.objects.order_by("-pk").values_list("pk", flat=True)[:1].get()
        copies = list(untrashed[:count])
        for number, image in enumerate(copies):
            image.pk, image.public_id = None, Image._meta.get_field("public_id").get_default()
            image.sha256 = image.content_digest = f"px1:new-{newest}-{number}"
        Image.objects.bulk_create(copies, batch_size=500)
        matching.finish()

    return arrive
