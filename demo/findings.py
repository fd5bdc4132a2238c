"""What the gallery has found of each picture of the demonstration, and whether that is right."""

from dataclasses import dataclass

from gallery.models import MatchKind

COPIES = (MatchKind.BYTES, MatchKind.PIXELS, MatchKind.COPY)


@dataclass(frozen=True)
class CopyFinding:
    """
    What a copy is to its original: the kind of their match and how the copy differs.

    Both are "" if the gallery has not matched them. `found` tells whether a plain perceptual hash
    alone puts the copy into the cluster of its original.
    """

    name: str
    original: str
    alteration: str
    first_class: bool
    is_changed: bool
    kind: str
    sentence: str
    found: bool

    @property
    def is_missed(self) -> bool:
        """Whether the copy is not found, or found as another kind than it is."""
        expected = (MatchKind.ALTERED,) if self.is_changed else COPIES
        return self.kind not in expected or (self.first_class and not self.found)

    def as_text(self) -> str:
        """Return the finding in two lines."""
        rank = "first-class" if self.first_class else "harder"
        mark = "MISSED" if self.is_missed else self.kind
        return (
            f"  {mark:<10} {rank:<12} {self.alteration:<18} {self.name}\n"
            f"             {self.sentence or 'not found'}"
        )


@dataclass(frozen=True)
class PartFinding:
    """What a composition is to one of its sources; `relation` is "" if nothing was found."""

    name: str
    source: str
    expected: str
    relation: str
    sentence: str

    @property
    def is_missed(self) -> bool:
        """Whether the gallery has not found that the composition is made of this source."""
        return self.relation != self.expected

    def as_text(self) -> str:
        """Return the finding in two lines."""
        mark = "MISSED" if self.is_missed else self.relation
        found = self.sentence or "not found"
        return f"  {mark:<10} {self.name} of {self.source}\n             {found}"


@dataclass(frozen=True)
class TwinFinding:
    """
    What the gallery says of two pictures that show different things.

    `kind` is "" if the gallery has not matched them. Only pictures on one template can be called
    altered.
    """

    name: str
    other: str
    template: str
    kind: str

    @property
    def is_mistaken(self) -> bool:
        """Whether different pictures are called the same, or altered without a common template."""
        return self.kind in COPIES or (self.kind == MatchKind.ALTERED and not self.template)

    def as_text(self) -> str:
        """Return the finding in one line."""
        mark = "MISTAKEN" if self.is_mistaken else self.kind or "no match"
        return f"  {mark:<10} {self.name} and {self.other}"
