"""The parts that a picture shares with others, for a viewer who can see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from gallery.models import Image, PartMatch, Verdict
from gallery.people import Visitor
from gallery.verdicts import verdicts_between
from gallery.verification import ordered
from hashing.keypoints import Part, Quadrilateral, Relation

MOST_SHOWN = 24


@dataclass(frozen=True)
class SharedPart:
    """The part that the picture `original` shares with `image`, located in both."""

    original: Image
    image: Image
    part: Part

    @property
    def relation(self) -> Relation:
        """What the other picture is: a part of this one, a picture that contains it, or neither."""
        return self.part.relation.inverse

    @property
    def sentence(self) -> str:
        """What the other picture shows of this one."""
        return self.sentence_about("this picture")

    @property
    def sentence_about_a(self) -> str:
        """The same where this picture is called A."""
        return self.sentence_about("A")

    def sentence_about(self, name: str) -> str:
        """Return what the other picture shows of this one, which is called `name`."""
        share = f"{100 * _area(self._corners):.0f} %"
        sentence = _SENTENCES[self.part.relation]
        words = [sentence.format(name=name, share=share, place=_place(self._corners))]
        if self.part.is_mirrored:
            words.append("mirrored")
        if self.part.is_negative:
            words.append("as a negative")
        if abs(tilt := _tilt(self.part.angle)) >= LEAST_TILT:
            words.append(f"tilted {abs(tilt):.0f}° to the {'right' if tilt > 0 else 'left'}")
        return ", ".join(words)

    @property
    def outline(self) -> str:
        """The part in the other picture, as the points of an SVG polygon."""
        return points_of(self.image, self.part.other_place)

    @property
    def own_outline(self) -> str:
        """The part in this picture, as the points of an SVG polygon."""
        return points_of(self.original, self.part.place)

    @property
    def _corners(self) -> Quadrilateral:
        """The corners of the part in the larger picture."""
        contains = self.part.relation == Relation.CONTAINS
        return self.part.place if contains else self.part.other_place


# In degrees; less is seldom meant.
LEAST_TILT = 1.5
# Between these shares of the sides, a part is in the middle.
MIDDLE = (0.42, 0.58)
_SENTENCES = {
    Relation.PART_OF: "shows {name} {place}, on {share} of its area",
    Relation.CONTAINS: "shows {share} of {name}, {place}",
    Relation.OVERLAPS: "shares a part with {name}",
    Relation.WHOLE: "shows the same as {name}",
}


def shared_parts(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SharedPart]:
    """Return the parts that `image` shares with pictures that `viewer` can see, best first."""
    rows = PartMatch.objects.filter(Q(first=image) | Q(second=image))
    parts = {part.key: part for part in (_seen_from(image, row) for row in rows)}
    if not parts:
        return []
    visible = Image.objects.visible_to(viewer).in_bulk(list(parts))
    apart = _told_apart(image, visible.values())
    shared = [
        SharedPart(image, visible[key], part)
        for key, part in parts.items()
        if key in visible and key not in apart
    ]
    return sorted(shared, key=lambda shared: -shared.part.agreement)[:most]


def parts_among(images: Collection[Image]) -> dict[tuple[int, int], SharedPart]:
    """Return the parts that these pictures share, by two keys in both orders."""
    by_key = {image.pk: image for image in images}
    rows = PartMatch.objects.filter(first__in=by_key, second__in=by_key)
    shared = {}
    for row in rows:
        for key, other in ((row.first_id, row.second_id), (row.second_id, row.first_id)):
            part = _seen_from(by_key[key], row)
            shared[key, other] = SharedPart(by_key[key], by_key[other], part)
    return shared


def shared_part(image: Image, other: Image) -> SharedPart | None:
    """Return the part that `image` shares with `other`; None if they share none."""
    first, second = sorted((image.pk, other.pk))
    row = PartMatch.objects.filter(first=first, second=second).first()
    return SharedPart(image, other, _seen_from(image, row)) if row else None


def _seen_from(image: Image, row: PartMatch) -> Part:
    """Return the part of a row, with `image` as the query."""
    part = Part.from_json(row.details)
    return part if row.first_id == image.pk else part.swapped(row.first_id)


def points_of(image: Image, corners: Quadrilateral) -> str:
    """Return corners, in shares of the sides of `image`, as the points of an SVG polygon."""
    width, height = image.width or 0, image.height or 0
    return " ".join(f"{round(x * width)},{round(y * height)}" for x, y in corners)


def _told_apart(image: Image, others: Iterable[Image]) -> set[int]:
    """Return the keys of pictures that people have told apart from `image`."""
    by_digest = {other.content_digest: other.pk for other in others}
    verdicts = verdicts_between([image.content_digest, *by_digest])
    return {
        key
        for digest, key in by_digest.items()
        if (verdict := verdicts.get(ordered(image.content_digest, digest)))
        and verdict.kind == Verdict.Kind.NOT_A_DUPLICATE
    }


def _tilt(degrees: float) -> float:
    """Return the angle beyond the nearest quarter turn, from -45 to 45."""
    return (degrees + 45) % 90 - 45


def _area(corners: Quadrilateral) -> float:
    """Return the area inside `corners`, as a share of the picture."""
    following = (*corners[1:], corners[0])
    crossed = (
        x * other_y - other_x * y
        for (x, y), (other_x, other_y) in zip(corners, following, strict=True)
    )
    return min(1.0, abs(sum(crossed)) / 2)


def _place(corners: Quadrilateral) -> str:
    """Return words for the place of the middle of a part in a picture."""
    across, down = (sum(axis) / len(corners) for axis in zip(*corners, strict=True))
    row = "top" if down < MIDDLE[0] else "bottom" if down > MIDDLE[1] else ""
    side = "left" if across < MIDDLE[0] else "right" if across > MIDDLE[1] else ""
    if row and side:
        return f"at the {row} {side}"
    return f"at the {row}" if row else f"on the {side}" if side else "in the middle"
