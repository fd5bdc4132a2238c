"""
Whether keypoints and pixels together prove that two pictures share a part.

The thresholds were chosen on half of the photographs used to develop Lookalike. The fewer
keypoints agree on where the part is, the more of its pixels have to; and where nothing but a
common layout could be meant (the interface of one phone, cards of one network, text), more again.
"""

from __future__ import annotations

from hashing.keypoints.part import Part, Relation
from hashing.keypoints.visible_area import Visible

# Blocks with a pattern that a part has to have, more if few keypoints agree.
FEWEST_TEXTURED, TEXTURED_IF_FEW = 12, 30
# What can be seen of a part is at least this share of what lies on the other picture; smaller
# areas are bars and logos that two pictures have in common.
FEWEST_VISIBLE = 0.4
# Numbers of keypoints, and the agreement that is enough with them.
SOME, MANY, MOST_OF_ALL = 8, 12, 45
INSIDE_AGREEMENT = {0: 0.7, SOME: 0.6, MANY: 0.55}
OVERLAP_AGREEMENT = {0: 0.85, MANY: 0.75}
WHOLE_AGREEMENT = {0: 0.9, SOME: 0.78, MOST_OF_ALL: 0.68}
# Pictures that lie on each other as a whole differ in no rectangle of more than this share: in
# stickers, letters or a bar, but not in all of the picture that an interface is around.
MOST_HIDDEN = 0.3
# No common layout is turned by more degrees than this.
TURNED = 4.0


def is_convincing(part: Part, visible: Visible, common: float) -> bool:
    """
    Return whether `part` is more than chance or a common layout.

    `common` is the share of the smaller picture that lies on the other one, of which `visible` can
    be seen.
    """
    fewest = FEWEST_TEXTURED if part.inliers >= SOME else TEXTURED_IF_FEW
    if visible.textured < fewest or visible.area.size < FEWEST_VISIBLE * common:
        return False
    limits = _limits(part)
    if limits is WHOLE_AGREEMENT and visible.hidden > MOST_HIDDEN:
        return False
    return visible.agreement >= limits[max(number for number in limits if number <= part.inliers)]


def _limits(part: Part) -> dict[int, float]:
    """Return the agreement that is enough, by the least number of keypoints."""
    if part.relation == Relation.OVERLAPS:
        return OVERLAP_AGREEMENT
    if part.relation != Relation.WHOLE or abs(part.angle) > TURNED:
        return INSIDE_AGREEMENT
    return WHOLE_AGREEMENT
