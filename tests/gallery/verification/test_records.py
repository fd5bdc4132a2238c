"""What was seen of two contents is stored once, from the side of the smaller digest."""

from dataclasses import replace

from gallery.models import MatchKind
from gallery.models import Verification as VerificationRow
from gallery.verification.records import known_kinds, ordered, record, verifications
from hashing.pictures import Preview
from hashing.verification import Kind, Verification, verify
from tests.pictures import photo


def seen(kind: Kind) -> Verification:
    preview = Preview.of(photo(1, (120, 90)))
    return replace(verify(preview, preview), kind=kind)


def test_each_kind_of_look_is_a_kind_of_match(db: None) -> None:
    kinds = list(Kind)
    record({("a", f"b{number}"): seen(kind) for number, kind in enumerate(kinds)})
    known = known_kinds(("a", f"b{number}") for number in range(len(kinds)))
    assert [known["a", f"b{kinds.index(kind)}"] for kind in (Kind.COPY, Kind.ALTERED)] == [
        MatchKind.COPY,
        MatchKind.ALTERED,
    ]
    others = {known["a", f"b{kinds.index(kind)}"] for kind in (Kind.DIFFERENT, Kind.UNVERIFIED)}
    assert others == {MatchKind.SIMILAR}


def test_what_was_seen_is_read_as_it_was_stored(db: None) -> None:
    pair = ordered("b", "a")
    record({pair: seen(Kind.ALTERED)})
    record({pair: seen(Kind.COPY)})  # a later look takes the place of an earlier one
    assert verifications([pair, ("a", "c")]) == {pair: seen(Kind.COPY)}


def test_results_of_an_older_method_are_not_known(db: None) -> None:
    record({("a", "b"): seen(Kind.COPY)})
    VerificationRow.objects.update(version=0)
    assert known_kinds([("a", "b")]) == {}
    assert verifications([("a", "b")]) == {}
