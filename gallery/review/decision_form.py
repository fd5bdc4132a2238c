"""Decisions as forms post them, read and checked."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict

from gallery.decisions import InvalidRequest
from gallery.people import Member
from gallery.review.decision_request import Choice, DecisionRequest, SplitRequest
from gallery.web import parse_key

INCOMPLETE = "Nothing was changed: the form was incomplete. Reload the page and try again."
UNKNOWN_CHOICE = "Nothing was changed: the form has an unknown choice. Reload the page."
MOST_CHOSEN = 100
# Keys in one field: more than any page sends, and fewer than databases take in one query.
MOST_SENT = 10_000
CHOICE_PREFIX = "choice-"


def decision_request(post: QueryDict, reviewer: Member) -> DecisionRequest:
    """Return the decision on one cluster; raise InvalidRequest if something is missing."""
    as_of = parse_key(post.get("as_of", ""))
    if as_of is None and post.get("as_of"):
        raise InvalidRequest(INCOMPLETE)
    return DecisionRequest(_choices(post), reviewer, bool(post.get("merge")), as_of)


def split_request(post: QueryDict, reviewer: Member) -> SplitRequest:
    """Return the two parts of a cluster; raise InvalidRequest if something is missing."""
    stay, leave = _keys(post.get("stay", "")), _keys(post.get("leave", ""))
    as_of = parse_key(post.get("as_of", ""))
    if not stay or not leave or as_of is None:
        raise InvalidRequest(INCOMPLETE)
    return SplitRequest(stay, leave, reviewer, as_of)


def chosen_to_leave(query: QueryDict) -> list[int]:
    """Return the keys of the pictures that an address splits off; anything else is ignored."""
    keys = [parse_key(key) for key in query.getlist("leave")[:MOST_CHOSEN]]
    return [key for key in keys if key is not None]


def keep_one(keys: Iterable[int], kept: int | None) -> dict[int, Choice]:
    """Return the choices that keep one picture and trash the others."""
    choices = dict.fromkeys(keys, Choice.TRASH)
    if kept is None or kept not in choices:
        raise InvalidRequest(
            "Nothing was changed: the picture to keep is not in the cluster. Reload the page."
        )
    return choices | {kept: Choice.KEEP}


def _choices(post: QueryDict) -> dict[int, Choice]:
    """
    Return the choice for each picture.

    Buttons for the whole cluster also count for the pictures that the page did not show, whose
    keys are in "rest".
    """
    sent = _sent_choices(post)
    rest = _keys(post.get("rest", ""))
    if not sent:
        raise InvalidRequest(INCOMPLETE)
    if (wanted := post.get("preview", "")) not in ("", "1"):
        return _for_whole_cluster(wanted, [*sent, *rest])
    choices = {key: _choice(text) for key, text in sent.items()}
    if for_all := post.get("all"):
        return dict.fromkeys(choices, _choice(for_all))
    if "accept" in post:
        return keep_one(choices, parse_key(post.get("accept", "")))
    return choices


def _sent_choices(post: QueryDict) -> dict[int, str]:
    """Return the choice that was sent for each picture, unchecked."""
    sent: dict[int, str] = {}
    for name in post:
        if name.startswith(CHOICE_PREFIX):
            sent[_key(name.removeprefix(CHOICE_PREFIX))] = post.get(name, "")
    return sent


def _choice(text: str) -> Choice:
    try:
        return Choice(text)
    except ValueError:
        raise InvalidRequest(UNKNOWN_CHOICE) from None


def _for_whole_cluster(wanted: str, keys: Iterable[int]) -> dict[int, Choice]:
    """Return the same choice for all, or those that keep one picture, if `wanted` is its key."""
    if wanted in (Choice.NOT_A_DUPLICATE, Choice.RELATED):
        return dict.fromkeys(keys, Choice(wanted))
    return keep_one(keys, parse_key(wanted))


def _keys(text: str) -> list[int]:
    """Return the keys of one field, which are separated by spaces."""
    words = text.split()
    if len(words) > MOST_SENT:
        raise InvalidRequest(
            f"Nothing was changed: too many pictures at once: {len(words):,} (limit "
            f"{MOST_SENT:,}). Decide on fewer of them."
        )
    return [_key(word) for word in words]


def _key(text: str) -> int:
    if (key := parse_key(text)) is None:
        raise InvalidRequest(INCOMPLETE)
    return key
