"""A part survives being stored as JSON."""

import json

import pytest

from hashing.keypoints import Part, Relation

PART = Part(
    key=7,
    relation=Relation.PART_OF,
    affine=(0.5, 0.0, 0.25, 0.0, 0.5, 0.25),
    place=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    other_place=((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)),
    is_mirrored=False,
    is_negative=True,
    angle=-2.5,
    scale=0.5,
    inliers=31,
    agreement=0.9687,
)


def test_a_stored_part_is_the_same_again():
    assert Part.from_json(json.loads(json.dumps(PART.to_json()))) == PART


def test_another_version_is_refused():
    with pytest.raises(ValueError, match="version 99"):
        Part.from_json(PART.to_json() | {"version": 99})


def test_relations_have_inverses():
    assert Relation.PART_OF.inverse == Relation.CONTAINS
    assert all(relation.inverse.inverse == relation for relation in Relation)
