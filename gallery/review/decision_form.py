"""What a reviewer sends from the page of duplicates, read and checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from gallery.decisions import Malformed
from gallery.review.deciding import Choice
from gallery.web import parse_key

INCOMPLETE = "Nothing was changed: the form was incomplete. Load the page again."
MOST_CHOSEN = 100
# Keys in one field: more than any page sends, and fewer than databases take in one query.
MOST_SENT = 10_000


@dataclass(frozen=True)
class Sent:
    """A decision on one cluster as it was sent."""

    choices: dict[int, str]
    merge: bool
    as_of: int | None
    """The number of the newest decision when the page was made; None if none was sent."""

    @classmethod
    def of(cls, request: HttpRequest) -> Sent:
        """Read the form; raises Malformed for what is incomplete or unknown."""
        post = request.POST
        as_of = parse_key(post.get("as_of", ""))
        if as_of is None and post.get("as_of"):
            raise Malformed(INCOMPLETE)
        return cls(_choices(post), bool(post.get("merge")), as_of)


@dataclass(frozen=True)
class SentSplit:
    """The two parts of a cluster as they were sent, by keys."""

    stay: list[int]
    leave: list[int]
    as_of: int | None

    @classmethod
    def of(cls, post: QueryDict) -> SentSplit:
        """Read the form; raises Malformed for what is incomplete."""
        parts = [_keys(post.get(name, "")) for name in ("stay", "leave")]
        as_of = parse_key(post.get("as_of", ""))
        if not all(parts) or None in [as_of, *parts[0], *parts[1]]:
            raise Malformed(INCOMPLETE)
        return cls(*parts, as_of)


def chosen_to_leave(query: QueryDict) -> list[int]:
    """Return the keys of the pictures that an address wants to split off; what is none is left."""
    keys = [parse_key(key) for key in query.getlist("leave")[:MOST_CHOSEN]]
    return [key for key in keys if key is not None]


def _choices(post: QueryDict) -> dict[int, str]:
    """Return the choice for each picture; a button for all of them goes before the others."""
    sent = {
        name.removeprefix("choice-"): value
        for name, value in post.items()
        if name.startswith("choice-")
    }
    keys = {key: parse_key(key) for key in sent}
    if not sent or None in [*keys.values(), *_rest(post)]:
        raise Malformed(INCOMPLETE)
    if (wanted := post.get("preview", "")) not in ("", "1"):
        return _of_whole(wanted, [*keys.values(), *_rest(post)])
    for_all = post.get("all")
    if {*sent.values(), *([for_all] if for_all else [])} - set(Choice.values):
        raise Malformed("Nothing was changed: an unknown choice was sent. Load the page again.")
    if for_all:
        return dict.fromkeys(keys.values(), for_all)
    if "accept" in post:
        return accepted(keys.values(), parse_key(post["accept"]))
    return {keys[key]: value for key, value in sent.items()}


def _rest(post: QueryDict) -> list[int | None]:
    """Return the keys of the pictures of the cluster that the page did not show."""
    return _keys(post.get("rest", ""))


def _of_whole(wanted: str, keys: Iterable[int | None]) -> dict[int, str]:
    """Return the choices for a whole cluster: one word for all, or the key of what is kept."""
    if wanted in (Choice.NOT_A_DUPLICATE, Choice.RELATED):
        return dict.fromkeys(keys, wanted)
    return accepted(keys, parse_key(wanted))


def accepted(keys: Iterable[int], kept: int | None) -> dict[int, str]:
    """Return the choices that keep one picture and trash the others."""
    choices = dict.fromkeys(keys, Choice.TRASH.value)
    if kept not in choices:
        raise Malformed("Nothing was changed: the picture to keep is not in the cluster.")
    return choices | {kept: Choice.KEEP.value}


def _keys(text: str) -> list[int | None]:
    """Return the keys of one field; None for what is none."""
    words = text.split()
    if len(words) > MOST_SENT:
        raise Malformed(
            f"Nothing was changed: {len(words):,} pictures were sent, and {MOST_SENT:,} are the "
            "most at once. Decide on fewer of them."
        )
    return [parse_key(word) for word in words]
