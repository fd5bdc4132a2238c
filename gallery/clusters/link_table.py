"""How the members of a cluster are linked, as a table and in sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from string import ascii_uppercase
from typing import Self

from django.utils.text import get_text_list

from gallery.clusters import spanning_tree
from gallery.clusters.cards import ClusterCard
from gallery.clusters.cluster_links import ClusterLinks, near_alignments
from gallery.clusters.split_outlook import Outlook
from gallery.comparing import METHODS, Likeness, dressing
from gallery.matching import ClusterKind
from gallery.models import Image, Verdict

# Members that the table shows, and sentences about those that have no link of their own.
MOST_SHOWN, MOST_SENTENCES = 12, 3

WORDS = {
    Verdict.Kind.DUPLICATE: "called duplicates",
    Verdict.Kind.RELATED: "called related",
    Verdict.Kind.NOT_A_DUPLICATE: "called no duplicates",
}


@dataclass(frozen=True)
class Member:
    """A picture in the table, by its letter; `leaves` if it is among those to split off."""

    letter: str
    image: Image
    leaves: bool


@dataclass(frozen=True)
class Pair:
    """How two members are linked; `words` are empty where only the distance tells."""

    column: Member
    row: Member
    words: str
    likeness: Likeness | None
    how: str
    """In what the picture of the row differs from that of the column: turned, with a border."""
    is_weakest: bool


@dataclass(frozen=True)
class LinkTable:
    """The links of one cluster, and what splitting off some of its pictures would do."""

    links: ClusterLinks
    members: list[Member]
    outlook: Outlook | None
    is_own_choice: bool

    @classmethod
    def of(cls, card: ClusterCard, by: str, radius: int, leave: Collection[int] = ()) -> Self:
        """
        Read the links of a cluster that is shown whole, in one query.

        In one that is "near" they are of hashes `by` up to `radius`. If none of its pictures was
        chosen to `leave`, those beyond its weakest link would.
        """
        images = {image.pk: image for image in card.images}
        links = _links(card, by, radius)
        chosen = [key for key in leave if key in links.number_of]
        leaving = chosen or links.far_side
        outlook = Outlook.of(links, leaving) if leaving else None
        leaves = set(outlook.leave) if outlook else set()
        members = [
            Member(letter, images[key], key in leaves)
            for letter, key in zip(ascii_uppercase, _shown(links, images, chosen), strict=False)
        ]
        return cls(links, members, outlook, bool(chosen))

    @property
    def size(self) -> int:
        return len(self.links.number_of)

    @property
    def hidden(self) -> int:
        """How many members the table leaves out."""
        return self.size - len(self.members)

    @property
    def columns(self) -> list[Member]:
        return self.members[:-1]

    @cached_property
    def rows(self) -> list[tuple[Member, list[Pair], int]]:
        """Each member after the first, its pairs with those before it, and the columns left."""
        return [
            (
                member,
                [self._pair(other, member) for other in self.members[:place]],
                len(self.columns) - place,
            )
            for place, member in enumerate(self.members)
            if place
        ]

    @cached_property
    def weakest(self) -> str:
        """The weakest link in a sentence; "" if nothing tells which it is."""
        if (cut := self.links.weakest) is None:
            return ""
        first, second = (self._name(number) for number in cut[1:])
        count = len(self.links.far_side)
        far = f"{count} picture{'' if count == 1 else 's'}"
        near = self.size - count
        likeness = Likeness(cut.weight, self.links.width)
        return (
            f"The weakest link is the one between {first} and {second}: {likeness.sentence}, "
            f"{likeness.word}. It holds {far} to the other {near}; no link between the two sides "
            "is closer."
        )

    @cached_property
    def chains(self) -> list[str]:
        """What holds members together that have no link of their own, for the first of these."""
        said = [self._chain(a, b) for a, b in self._loose[:MOST_SENTENCES]]
        if (rest := len(self._loose) - len(said)) > 0:
            pairs = "pair hangs" if rest == 1 else "pairs hang"
            said.append(f"{rest} more {pairs} together only by others.")
        return said

    @cached_property
    def _loose(self) -> list[tuple[Member, Member]]:
        direct = {(link.first, link.second) for link in self.links.open}
        return [
            (a, b)
            for a, b in combinations(self.members, 2)
            if self._numbers(a, b) not in direct
            and a.image.content_digest != b.image.content_digest
        ]

    def _chain(self, a: Member, b: Member) -> str:
        """Say what holds two members together that have no open link."""
        start, end = (self.links.number_of[member.image.pk] for member in (a, b))
        way = spanning_tree.path(self.links.tree, start, end)[1:-1]
        said = self.links.said.get((min(start, end), max(start, end)))
        why = f"were {WORDS[Verdict.Kind(said.kind)]}" if said else "have no direct link"
        if not way:
            return f"{a.letter} and {b.letter} {why}, and nothing here links them otherwise."
        through = get_text_list([self._name(number) for number in way], "and")
        return f"{a.letter} and {b.letter} {why}; they hang together only by {through}."

    def _pair(self, column: Member, row: Member) -> Pair:
        a, b = (self.links.number_of[member.image.pk] for member in (column, row))
        numbers = (min(a, b), max(a, b))
        alignment = self.links.alignments.get(numbers)
        seen = alignment.swapped() if alignment and a > b else alignment
        cut = self.links.weakest
        return Pair(
            column,
            row,
            self._words(numbers, column.image, row.image, bool(alignment)),
            Likeness(alignment.distance, self.links.width) if alignment else None,
            ", ".join(filter(None, dressing(seen))),
            cut is not None and numbers == cut[1:],
        )

    def _words(self, numbers: tuple[int, int], a: Image, b: Image, is_seen: bool) -> str:
        if numbers[0] == numbers[1]:
            same_file = a.sha256 == b.sha256
            return str((ClusterKind.SAME_BYTES if same_file else ClusterKind.SAME_PIXELS).label)
        if said := self.links.said.get(numbers):
            return WORDS[Verdict.Kind(said.kind)] + (" (inferred)" if said.is_inferred else "")
        return "" if is_seen else "no direct link"

    def _numbers(self, a: Member, b: Member) -> tuple[int, int]:
        first, second = (self.links.number_of[member.image.pk] for member in (a, b))
        return min(first, second), max(first, second)

    def _name(self, number: int) -> str:
        """Return the letter of a content, or what it is called where the table leaves it out."""
        return self._letters.get(number, "a picture that the table leaves out")

    @cached_property
    def _letters(self) -> Mapping[int, str]:
        found: dict[int, str] = {}
        for member in self.members:
            found.setdefault(self.links.number_of[member.image.pk], member.letter)
        return found


def _links(card: ClusterCard, by: str, radius: int) -> ClusterLinks:
    if card.found.kind != ClusterKind.NEAR:
        return ClusterLinks.of(card.images, card.alignments)
    return ClusterLinks.of(card.images, near_alignments(card.images, by, radius), METHODS[by].width)


def _shown(links: ClusterLinks, keys: Collection[int], chosen: Iterable[int]) -> list[int]:
    """Return the keys of those to show: what is cut or chosen, one of each content, then copies."""
    ends = list(links.weakest[1:]) if links.weakest else []
    firsts = [keys[0] for keys in links.keys]
    wanted = [*firsts[:1], *(firsts[end] for end in ends), *chosen]
    shown = set(list(dict.fromkeys([*wanted, *firsts, *keys]))[:MOST_SHOWN])
    return [key for key in keys if key in shown]
