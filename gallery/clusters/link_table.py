"""The links between the members of a cluster, as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import NamedTuple, Self

from gallery.clusters.cards import ClusterCard
from gallery.clusters.cluster_links import ClusterLinks, NumberPair, near_alignments
from gallery.clusters.link_sentences import VERDICT_WORDS, LinkSentences
from gallery.clusters.split_outlook import SplitOutlook
from gallery.comparing import METHODS, Similarity, alignment_words
from gallery.matching import ClusterKind
from gallery.models import Image, Verdict

# Members in the table.
MOST_SHOWN = 12


@dataclass(frozen=True)
class TableMember:
    """A picture in the table, by its letter; `leaves` if it is to be split off."""

    letter: str
    image: Image
    leaves: bool


@dataclass(frozen=True)
class PairCell:
    """The link of two members; `words` are empty if only the distance links them."""

    column: TableMember
    row: TableMember
    words: str
    similarity: Similarity | None
    alignment: str
    """How the picture of the row is turned or framed, compared with that of the column."""
    is_weakest: bool


class TableRow(NamedTuple):
    """A member, its pairs with the members before it, and the number of columns after these."""

    member: TableMember
    pairs: list[PairCell]
    rest: int


@dataclass(frozen=True)
class LinkTable:
    """The links of one cluster, and the outlook of splitting off some of its pictures."""

    links: ClusterLinks
    members: list[TableMember]
    outlook: SplitOutlook | None
    is_own_choice: bool

    @classmethod
    def of(cls, card: ClusterCard, by: str, radius: int, leave: Collection[int] = ()) -> Self:
        """
        Read the links of a cluster that is shown whole, in one query.

        In a cluster of similar pictures they are of hashes `by` up to `radius`. If no picture was
        chosen to `leave`, the members beyond the weakest link do.
        """
        images = {image.pk: image for image in card.images}
        links = _links(card, by, radius)
        chosen = [key for key in leave if key in links.number_of]
        leaving = chosen or links.far_side
        outlook = SplitOutlook.of(links, leaving) if leaving else None
        leaves = set(outlook.leave) if outlook else set()
        members = [
            TableMember(letter, images[key], key in leaves)
            for letter, key in zip(ascii_uppercase, _shown(links, images, chosen), strict=False)
        ]
        return cls(links, members, outlook, bool(chosen))

    @property
    def size(self) -> int:
        return len(self.links.number_of)

    @property
    def hidden(self) -> int:
        """How many members are not in the table."""
        return self.size - len(self.members)

    @property
    def columns(self) -> list[TableMember]:
        return self.members[:-1]

    @cached_property
    def rows(self) -> list[TableRow]:
        """A row for each member but the first."""
        return [
            TableRow(
                member,
                [self._cell(other, member) for other in self.members[:place]],
                len(self.columns) - place,
            )
            for place, member in enumerate(self.members)
            if place
        ]

    @property
    def weakest(self) -> str:
        """A sentence about the weakest link; "" if no link is weaker than the others."""
        return self._sentences.weakest

    @property
    def indirect(self) -> list[str]:
        """Sentences about pairs that have no open link of their own."""
        return self._sentences.indirect

    @cached_property
    def _sentences(self) -> LinkSentences:
        letters = {member.image.pk: member.letter for member in self.members}
        return LinkSentences(self.links, letters)

    def _cell(self, column: TableMember, row: TableMember) -> PairCell:
        numbers = self._numbers(column, row)
        alignment = self.links.alignments.get(numbers)
        if alignment and self._number(column) > self._number(row):
            alignment = alignment.swapped()
        cut = self.links.weakest
        return PairCell(
            column=column,
            row=row,
            words=self._words(numbers, column.image, row.image),
            similarity=Similarity(alignment.distance, self.links.width) if alignment else None,
            alignment=", ".join(alignment_words(alignment)),
            is_weakest=cut is not None and numbers == cut.ends,
        )

    def _words(self, numbers: NumberPair, a: Image, b: Image) -> str:
        """Return what links two pictures apart from their distance."""
        if numbers[0] == numbers[1]:
            same_file = a.sha256 == b.sha256
            return str((ClusterKind.SAME_BYTES if same_file else ClusterKind.SAME_PIXELS).label)
        if verdict := self.links.verdicts.get(numbers):
            inferred = " (inferred)" if verdict.is_inferred else ""
            return VERDICT_WORDS[Verdict.Kind(verdict.kind)] + inferred
        return "" if numbers in self.links.alignments else "no direct link"

    def _number(self, member: TableMember) -> int:
        return self.links.number_of[member.image.pk]

    def _numbers(self, a: TableMember, b: TableMember) -> NumberPair:
        first, second = self._number(a), self._number(b)
        return min(first, second), max(first, second)


def _links(card: ClusterCard, by: str, radius: int) -> ClusterLinks:
    if card.cluster.kind != ClusterKind.NEAR:
        return ClusterLinks.of(card.images, card.alignments)
    return ClusterLinks.of(card.images, near_alignments(card.images, by, radius), METHODS[by].width)


def _shown(links: ClusterLinks, keys: Collection[int], chosen: Iterable[int]) -> list[int]:
    """
    Return the keys of the members in the table, in the order of `keys`.

    If there are too many, the first member, the ends of the weakest link and the chosen members
    have priority, then one picture of each other content, then further copies.
    """
    ends = links.weakest.ends if links.weakest else ()
    firsts = [of_content[0] for of_content in links.keys]
    wanted = [*firsts[:1], *(firsts[end] for end in ends), *chosen]
    shown = set(list(dict.fromkeys([*wanted, *firsts, *keys]))[:MOST_SHOWN])
    return [key for key in keys if key in shown]
