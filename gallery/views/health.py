"""Health checks for supervisors and load balancers."""

from __future__ import annotations

from typing import TypedDict

from django.db import DEFAULT_DB_ALIAS, Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery import matching, worker
from gallery.models import Image
from hashing.conf import setting
from hashing.fields import NUMBER_BITS, PerceptualHashField, hash_fields
from hashing.index import LiveIndex, index_of


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that this process is alive, without a query to the database."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """
    Tell whether this process can search: the database answers and the index is loaded.

    The first request to a new process waits until the index is loaded. `behind` is the number of
    pictures that had changed since the last search; the index is up to date afterwards.
    A process is ready even if nothing works in the background, because pages do not depend on it.
    """
    try:
        index, background = _index_state(), _background_state()
    except Error:
        return JsonResponse({"status": "not ready", "database": "does not answer"}, status=503)
    is_ready = index["state"] == "loaded"
    status = "ready" if is_ready else "not ready"
    answer = {"status": status, "database": "answers", "index": index, "worker": background}
    return JsonResponse(answer, status=200 if is_ready else 503)


class IndexState(TypedDict):
    """The index of this process: "loading" or "loaded", and how many changes it had to read."""

    state: str
    behind: int | None


class BackgroundState(TypedDict):
    """Where a process works in the background, if any does, and whether pictures wait for it."""

    leader: str | None
    behind: bool


def _background_state() -> BackgroundState:
    leader = worker.leader()
    role = str(leader.role) if leader else None
    return {"leader": role, "behind": matching.is_behind()}


def _index_state() -> IndexState:
    indexes = [index_of(field, DEFAULT_DB_ALIAS) for field in searched_fields()]
    if any(index.is_loading for index in indexes):
        return {"state": "loading", "behind": None}
    return {"state": "loaded", "behind": max(_refreshed(index) for index in indexes)}


def _refreshed(index: LiveIndex) -> int:
    behind = index.behind()
    if behind != 0:
        index.current()
    return behind or 0  # None means that the index was loaded just now


def searched_fields() -> list[PerceptualHashField]:
    """Return the hash fields that searches use by default."""
    return [
        field
        for field in hash_fields(Image)
        if field.algorithm_name == setting("ALGORITHM") and field.width <= NUMBER_BITS
    ]
