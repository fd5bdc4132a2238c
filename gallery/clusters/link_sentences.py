"""The links between the members of a cluster, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from django.utils.text import get_text_list

from gallery.clusters.cluster_links import ClusterLinks, NumberPair
from gallery.clusters.spanning_tree import path
from gallery.comparing import Similarity
from gallery.models import Verdict

# Sentences about pairs without a link of their own.
MOST_SENTENCES = 3

VERDICT_WORDS = {
    Verdict.Kind.DUPLICATE: "marked as duplicates",
    Verdict.Kind.RELATED: "marked as related",
    Verdict.Kind.NOT_A_DUPLICATE: "marked as not duplicates",
}


@dataclass(frozen=True)
class LinkSentences:
    """Sentences about links; `letters` name members by their primary keys, in order."""

    links: ClusterLinks
    letters: Mapping[int, str]

    @property
    def weakest(self) -> str:
        """A sentence about the weakest link; "" if no link is weaker than the others."""
        if (cut := self.links.weakest) is None:
            return ""
        first, second = (self._name(number) for number in cut.ends)
        similarity = Similarity(cut.weight, self.links.width)
        near = len(self.links.number_of) - len(self.links.far_side)
        return (
            f"The weakest link is the one between {first} and {second}: {similarity.word}, "
            f"{similarity.sentence}. Without it, {self._far_side} would separate from the "
            f"other {near}."
        )

    @property
    def indirect(self) -> list[str]:
        """Sentences about the first pairs without an open link of their own."""
        pairs = self._indirect_pairs()
        sentences = [self._indirect(*pair) for pair in pairs[:MOST_SENTENCES]]
        if (others := len(pairs) - len(sentences)) > 0:
            are = "pair is" if others == 1 else "pairs are"
            sentences.append(f"{others} more {are} only linked through other pictures.")
        return sentences

    @property
    def _far_side(self) -> str:
        """The members beyond the weakest link, in words."""
        keys = self.links.far_side
        if len(keys) > 1:
            return f"{len(keys)} pictures"
        letter = self.letters.get(keys[0])
        return f"picture {letter}" if letter else "1 picture"

    def _indirect_pairs(self) -> list[tuple[int, int]]:
        """Return the keys of members of different contents without an open link."""
        linked = {edge.ends for edge in self.links.open}
        return [
            (a, b)
            for a, b in combinations(self.letters, 2)
            if self.links.number_of[a] != self.links.number_of[b]
            and self._numbers(a, b) not in linked
        ]

    def _indirect(self, a: int, b: int) -> str:
        """Return what links two members that have no open link."""
        verdict = self.links.verdicts.get(self._numbers(a, b))
        are = f"were {VERDICT_WORDS[Verdict.Kind(verdict.kind)]}" if verdict else "do not match"
        ends = self.links.number_of[a], self.links.number_of[b]
        between = path(self.links.tree, *ends)[1:-1]
        both = f"{self.letters[a]} and {self.letters[b]} {are}"
        if not between:
            return f"{both}, and no other link connects them."
        through = get_text_list([self._name(number) for number in between], "and")
        return f"{both}; they are only linked through {through}."

    def _numbers(self, a: int, b: int) -> NumberPair:
        first, second = self.links.number_of[a], self.links.number_of[b]
        return min(first, second), max(first, second)

    def _name(self, number: int) -> str:
        """Return the letter of a content, or words for one that is not in the table."""
        return self._letter_of.get(number, "a picture that is not shown")

    @cached_property
    def _letter_of(self) -> Mapping[int, str]:
        """The letter of the first member with each content."""
        letters: dict[int, str] = {}
        for key, letter in self.letters.items():
            letters.setdefault(self.links.number_of[key], letter)
        return letters
