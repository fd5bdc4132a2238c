"""What a supervisor or a load balancer asks: is this process alive, and may it get requests?"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.models import Image
from hashing.conf import setting
from hashing.fields import NUMBER_BITS, hash_fields
from hashing.index import LiveIndex, index_of


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer as long as this process does; the database is not asked, nor blamed on it."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """
    Tell whether this process answers searches: the database does, and its index is loaded.

    The first to ask a new process waits until it is; `behind` is how many pictures had changed
    since its last search, all of which it has read now.
    """
    try:
        told = _index()
    except Error:
        return JsonResponse({"status": "not ready", "database": "does not answer"}, status=503)
    ready = told["state"] == "loaded"
    answer = {"status": "ready" if ready else "not ready", "database": "answers", "index": told}
    return JsonResponse(answer, status=200 if ready else 503)


def _index() -> dict[str, Any]:
    indexes = [index_of(field, DEFAULT_DB_ALIAS) for field in searched_fields()]
    if any(index.is_loading for index in indexes):
        return {"state": "loading", "behind": None}
    return {"state": "loaded", "behind": max(_refreshed(index) for index in indexes)}


def _refreshed(index: LiveIndex) -> int:
    behind = index.behind()
    if behind != 0:
        index.current()
    return behind or 0  # what was loaded anew is not behind


def searched_fields() -> list[Any]:
    """Return the hash fields by which pictures are searched when nothing else is said."""
    return [
        field
        for field in hash_fields(Image)
        if field.algorithm_name == setting("ALGORITHM") and field.width <= NUMBER_BITS
    ]
