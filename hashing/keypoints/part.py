"""A part that two pictures share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self, TypedDict

Point = tuple[float, float]
Quadrilateral = tuple[Point, Point, Point, Point]

VERSION = 1


class Relation(StrEnum):
    """How much of the query and of the other picture is in both."""

    PART_OF = "part of"  # all of the query, and a part of the other picture
    CONTAINS = "contains"  # a part of the query, and all of the other picture
    OVERLAPS = "overlaps"  # a part of each
    WHOLE = "whole"  # nearly all of both: a copy, or another picture on the same template

    @property
    def inverse(self) -> Relation:
        """The relation of the other picture to the query."""
        return {
            Relation.PART_OF: Relation.CONTAINS,
            Relation.CONTAINS: Relation.PART_OF,
        }.get(self, self)


class PartJSON(TypedDict):
    """A part as plain values, to be stored as JSON."""

    version: int
    key: int
    relation: str
    affine: list[float]
    place: list[list[float]]
    other_place: list[list[float]]
    is_mirrored: bool
    is_negative: bool
    angle: float
    scale: float
    inliers: int
    agreement: float


@dataclass(frozen=True)
class Part:
    """
    A part that the query shares with the picture `key`.

    `place` and `other_place` are the corners of the part in the query and in the other picture,
    as x and y in shares of width and height; corner i of one is corner i of the other. `affine`
    takes a place (x, y) of the query to (ax + by + c, dx + ey + f) of the other, likewise in
    shares. There the query is turned clockwise by `angle` degrees after it is mirrored, if it
    `is_mirrored`; light and dark are swapped if it `is_negative`. `scale` is how many times as
    long a line is, measured by the long side of each picture. `inliers` keypoints agree on this,
    and of the textured blocks of the part, the share `agreement` have the same pattern.
    """

    key: int
    relation: Relation
    affine: tuple[float, float, float, float, float, float]
    place: Quadrilateral
    other_place: Quadrilateral
    is_mirrored: bool
    is_negative: bool
    angle: float
    scale: float
    inliers: int
    agreement: float

    def swapped(self, key: int) -> Part:
        """Return the same part seen from the other picture; `key` is that of the query."""
        a, b, c, d, e, f = self.affine
        area = a * e - b * d
        inverse = (
            *(e / area, -b / area, (b * f - e * c) / area),
            *(-d / area, a / area, (d * c - a * f) / area),
        )
        return Part(
            key=key,
            relation=self.relation.inverse,
            affine=inverse,
            place=self.other_place,
            other_place=self.place,
            is_mirrored=self.is_mirrored,
            is_negative=self.is_negative,
            # Mirrored and turned once more, a picture is as it was before.
            angle=self.angle if self.is_mirrored else -self.angle,
            scale=1 / self.scale,
            inliers=self.inliers,
            agreement=self.agreement,
        )

    def to_json(self) -> PartJSON:
        """Return the part as plain values."""
        values = asdict(self)
        places = {name: [list(point) for point in values[name]] for name in _PLACES}
        return PartJSON(
            version=VERSION,
            key=self.key,
            relation=self.relation.value,
            affine=list(self.affine),
            place=places["place"],
            other_place=places["other_place"],
            is_mirrored=self.is_mirrored,
            is_negative=self.is_negative,
            angle=self.angle,
            scale=self.scale,
            inliers=self.inliers,
            agreement=self.agreement,
        )

    @classmethod
    def from_json(cls, values: PartJSON) -> Self:
        """Return the part that `to_json` wrote. Raises ValueError for another VERSION."""
        if values["version"] != VERSION:
            raise ValueError(f"This part is of version {values['version']}, not {VERSION}.")
        a, b, c, d, e, f = values["affine"]
        return cls(
            key=values["key"],
            relation=Relation(values["relation"]),
            affine=(a, b, c, d, e, f),
            place=_quadrilateral(values["place"]),
            other_place=_quadrilateral(values["other_place"]),
            is_mirrored=values["is_mirrored"],
            is_negative=values["is_negative"],
            angle=values["angle"],
            scale=values["scale"],
            inliers=values["inliers"],
            agreement=values["agreement"],
        )


_PLACES = ("place", "other_place")


def _quadrilateral(points: list[list[float]]) -> Quadrilateral:
    a, b, c, d = ((x, y) for x, y in points)
    return (a, b, c, d)
