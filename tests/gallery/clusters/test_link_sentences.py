"""Sentences about the links of a cluster."""

from gallery.clusters.cluster_links import ClusterLinks
from gallery.clusters.link_sentences import LinkSentences
from gallery.models import Verdict
from gallery.verdicts.store import KnownVerdict
from hashing.fingerprints.alignment import Alignment

RELATED = KnownVerdict(Verdict.Kind.RELATED, is_inferred=False)


def sentences(
    distances: dict[tuple[int, int], int],
    verdicts: dict[tuple[int, int], KnownVerdict] | None = None,
    letters: str = "ABCDEF",
) -> LinkSentences:
    """Return the sentences about contents with one member each, whose keys are their numbers."""
    count = 1 + max(number for pair in distances for number in pair)
    links = ClusterLinks(
        contents=tuple(map(str, range(count))),
        keys=tuple((number,) for number in range(count)),
        alignments={pair: Alignment(distance) for pair, distance in distances.items()},
        verdicts=verdicts or {},
        width=256,
    )
    return LinkSentences(links, dict(zip(range(count), letters, strict=False)))


def test_one_picture_beyond_the_weakest_link_is_named() -> None:
    told = sentences({(0, 1): 4, (1, 2): 30}).weakest
    assert "between B and C: " in told
    assert "30 of 256 bits differ" in told
    assert told.endswith("Without it, picture C would separate from the other 2.")


def test_several_are_counted() -> None:
    told = sentences({(0, 1): 4, (1, 2): 30, (2, 3): 6}).weakest
    assert told.endswith("Without it, 2 pictures would separate from the other 2.")


def test_where_no_link_is_weaker_nothing_is_said() -> None:
    assert sentences({(0, 1): 4, (1, 2): 4}).weakest == ""


def test_indirect_pairs_name_the_pictures_between_them() -> None:
    assert sentences({(0, 1): 4, (1, 2): 30}).indirect == [
        "A and C do not match; they are only linked through B."
    ]
    assert sentences({(0, 1): 4, (1, 2): 30}, {(0, 2): RELATED}).indirect == [
        "A and C were marked as related; they are only linked through B."
    ]


def test_a_pair_that_nothing_connects() -> None:
    assert sentences({(0, 1): 4}, {(0, 1): RELATED}).indirect == [
        "A and B were marked as related, and no other link connects them."
    ]


def test_more_pairs_than_sentences_are_counted() -> None:
    star = sentences({(0, number): 4 for number in range(1, 5)})
    assert len(star.indirect) == 4
    assert star.indirect[-1] == "3 more pairs are only linked through other pictures."


def test_members_without_a_letter_are_not_named() -> None:
    told = sentences({(0, 1): 4, (1, 2): 30}, letters="AB").weakest
    assert "between B and a picture that is not shown" in told
    assert "1 picture would separate" in told
