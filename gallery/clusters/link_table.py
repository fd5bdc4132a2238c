"""The links between the members of a cluster, as a table and in sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from string import ascii_uppercase
from typing import NamedTuple, Self

from django.utils.text import get_text_list

from gallery.clusters.cards import ClusterCard
from gallery.clusters.cluster_links import ClusterLinks, NumberPair, near_alignments
from gallery.clusters.spanning_tree import path
from gallery.clusters.split_outlook import SplitOutlook
from gallery.comparing import METHODS, Similarity, alignment_words
from gallery.matching import ClusterKind
from gallery.models import Image, Verdict

# Members in the table, and sentences about pairs without a link of their own.
MOST_SHOWN, MOST_SENTENCES = 12, 3

VERDICT_WORDS = {
    Verdict.Kind.DUPLICATE: "marked as duplicates",
    Verdict.Kind.RELATED: "marked as related",
    Verdict.Kind.NOT_A_DUPLICATE: "marked as not duplicates",
}


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

    @cached_property
    def weakest(self) -> str:
        """A sentence about the weakest link; "" if no link is weaker than the others."""
        if (cut := self.links.weakest) is None:
            return ""
        first, second = (self._name(number) for number in cut.ends)
        similarity = Similarity(cut.weight, self.links.width)
        near = self.size - len(self.links.far_side)
        return (
            f"The weakest link is the one between {first} and {second}: {similarity.word}, "
            f"{similarity.sentence}. Without it, {self._far_side} would separate from the "
            f"other {near}."
        )

    @property
    def _far_side(self) -> str:
        """The members beyond the weakest link, in words."""
        keys = self.links.far_side
        if len(keys) > 1:
            return f"{len(keys)} pictures"
        letter = self._letters.get(self.links.number_of[keys[0]])
        return f"picture {letter}" if letter else "1 picture"

    @cached_property
    def indirect(self) -> list[str]:
        """Sentences about the first pairs without an open link of their own."""
        pairs = self._indirect_pairs
        sentences = [self._sentence(a, b) for a, b in pairs[:MOST_SENTENCES]]
        if (others := len(pairs) - len(sentences)) > 0:
            are = "pair is" if others == 1 else "pairs are"
            sentences.append(f"{others} more {are} only linked through other pictures.")
        return sentences

    @cached_property
    def _indirect_pairs(self) -> list[tuple[TableMember, TableMember]]:
        direct = {edge.ends for edge in self.links.open}
        return [
            (a, b)
            for a, b in combinations(self.members, 2)
            if self._numbers(a, b) not in direct
            and a.image.content_digest != b.image.content_digest
        ]

    def _sentence(self, a: TableMember, b: TableMember) -> str:
        """Return what links two members that have no open link."""
        start, end = self._number(a), self._number(b)
        verdict = self.links.verdicts.get(self._numbers(a, b))
        are = f"were {VERDICT_WORDS[Verdict.Kind(verdict.kind)]}" if verdict else "do not match"
        between = path(self.links.tree, start, end)[1:-1]
        if not between:
            return f"{a.letter} and {b.letter} {are}, and no other link connects them."
        through = get_text_list([self._name(number) for number in between], "and")
        return f"{a.letter} and {b.letter} {are}; they are only linked through {through}."

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

    def _name(self, number: int) -> str:
        """Return the letter of a content, or words for a picture that is not in the table."""
        return self._letters.get(number, "a picture that is not shown")

    @cached_property
    def _letters(self) -> Mapping[int, str]:
        """The letter of the first member with each content."""
        letters: dict[int, str] = {}
        for member in self.members:
            letters.setdefault(self._number(member), member.letter)
        return letters


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
