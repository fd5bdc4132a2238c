"""Checks before a decision is carried out; each of them raises Conflict if it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from itertools import combinations_with_replacement

from gallery import decisions
from gallery.decisions import Conflict
from gallery.files import is_missing
from gallery.people import Member
from gallery.review.choice_verdicts import verdict_kind
from gallery.review.decision_request import DecisionRequest
from gallery.review.locked_pictures import LockedPictures
from gallery.review.merging import Flow
from gallery.review.ownership import stranded_owners, stranding
from gallery.verdicts import MOST_PAIRS


def check_pictures(request: DecisionRequest, pictures: LockedPictures) -> None:
    """Check that the pictures are as they were shown, and that one of them is kept."""
    check_unchanged(request.choices.keys(), pictures, request.reviewer, request.as_of)
    if request.trashed and not request.kept:
        raise Conflict(
            "Nothing was changed: at least one picture must be kept. Choose “Keep” for the one "
            "that the others duplicate. To remove that one too, trash it on its own page."
        )


def check_unchanged(
    keys: Set[int], pictures: LockedPictures, reviewer: Member, as_of: int | None
) -> None:
    """Check that no picture has gone, and that nobody has decided on them since `as_of`."""
    missing = keys - pictures.images.keys()
    if event := _decision_since(keys, missing, reviewer, as_of):
        raise Conflict(f"{event} Nothing was changed. Check the cluster as it is now.")
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise Conflict(
            f"Nothing was changed: {len(missing)} of these pictures {verb} already in the trash "
            "or deleted. Check the cluster as it is now."
        )


def check_pair_count(request: DecisionRequest) -> None:
    """Check that not too many pairs would get a verdict."""
    counts = Counter(request.choices.values())
    pairs = sum(
        counts[a] * counts[b] if a != b else counts[a] * (counts[a] - 1) // 2
        for a, b in combinations_with_replacement(counts, 2)
        if verdict_kind(a, b)
    )
    if pairs > MOST_PAIRS:
        raise Conflict(
            f"Nothing was changed: {pairs:,} pairs would need a verdict (limit {MOST_PAIRS:,}). "
            "Split the cluster first, or decide on fewer of its pictures."
        )


def check_owners(request: DecisionRequest, pictures: LockedPictures, flows: Iterable[Flow]) -> None:
    """Check that everyone whose picture is trashed can still see one that is kept."""
    kept, trashed = ([pictures.images[k] for k in keys] for keys in (request.kept, request.trashed))
    if reason := stranding(stranded_owners(kept, trashed, flows)):
        raise Conflict(f"Nothing was changed: {reason} Keep their picture too, or a public one.")


def check_files(request: DecisionRequest, pictures: LockedPictures) -> None:
    """Check that no picture with a file is trashed in favour of one whose file is missing."""
    kept = [pictures.images[key] for key in request.kept]
    trashed = [pictures.images[key] for key in request.trashed]
    if trashed and all(map(is_missing, kept)) and not all(map(is_missing, trashed)):
        raise Conflict(
            f"Nothing was changed: the file of “{kept[0]}” is missing from the storage, so it "
            "cannot replace the others. Keep another picture; “check_integrity” lists missing "
            "files."
        )


def _decision_since(
    keys: Iterable[int], missing: Iterable[int], reviewer: Member, as_of: int | None
) -> str:
    """Return who decided what on these pictures after they were shown; "" if nobody did."""
    visible = decisions.open_to(reviewer).select_related("made_by")
    if as_of is not None:
        last = visible.filter(pk__gt=as_of, pictures__image__in=list(keys)).first()
    else:
        last = visible.filter(pictures__image__in=list(missing)).first()
    return f"{decisions.event_sentence(last, reviewer)}." if last else ""
