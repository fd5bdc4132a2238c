"""The hash index page: size, query plans and consistency of the index of this process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import DEFAULT_DB_ALIAS, connections
from django.views.generic import TemplateView

from gallery import matching, worker
from gallery.models import Image, TaskReport
from hashing.fields import NUMBER_BITS, PerceptualHashField
from hashing.index import (
    QueryPlan,
    State,
    faults,
    index_of,
    log_length,
    plan_in,
    tracked_fields,
)

RADII = (0, 2, 4, 8, 10, 12, 16)


@dataclass(frozen=True)
class IndexFacts:
    """The index of one hash field in this process; `bytes` is its size in memory."""

    label: str
    rows: int
    distinct: int
    bytes: int
    seq: int | None
    read_at: datetime
    plans: list[QueryPlan]


class HashIndexView(PermissionRequiredMixin, TemplateView):
    """GET loads the indexes that this process has not loaded yet, and describes them."""

    template_name = "admin/gallery/image/hash_index.html"
    permission_required = "gallery.view_image"
    raise_exception = True
    admin_site = admin.site

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": "Hash index",
            "opts": Image._meta,
            "indexes": [_facts(field) for field in indexed_fields()],
            "faults": faults(connections[DEFAULT_DB_ALIAS], Image),
            "log_length": log_length(Image),
            "leader": worker.leader(),
            "reports": TaskReport.objects.order_by("name"),
            "waiting": matching.count_waiting(),
        }


def indexed_fields() -> list[PerceptualHashField]:
    """Return the hash fields of pictures that can be indexed."""
    return [
        field
        for field in tracked_fields(Image)
        if isinstance(field, PerceptualHashField) and field.width <= NUMBER_BITS
    ]


def _facts(field: PerceptualHashField) -> IndexFacts:
    state = index_of(field, DEFAULT_DB_ALIAS).now()
    plans = [
        plan_in(state.index, field.name, state.cursor, _some_hash(state), radius)
        for radius in RADII
        if radius <= field.width
    ]
    return IndexFacts(
        label=str(field.verbose_name),
        rows=len(state.index),
        distinct=plans[0].distinct,
        bytes=state.index.nbytes,
        seq=state.cursor.seq if state.cursor else None,
        read_at=datetime.fromtimestamp(state.read_at, UTC),
        plans=plans,
    )


def _some_hash(state: State) -> int:
    _, hashes = state.index.entries
    return int(hashes[len(hashes) // 2]) if len(hashes) else 0
