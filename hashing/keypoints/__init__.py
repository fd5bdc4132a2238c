"""Parts of pictures: keypoints, an index of them, and the search for pictures that share a part."""

from hashing.keypoints.keypoint_index import Candidate, KeypointIndex, TooManyPictures
from hashing.keypoints.keypoints import MOST, VERSION, Keypoints
from hashing.keypoints.part import Part, PartJSON, Point, Quadrilateral, Relation
from hashing.keypoints.part_search import Fetch, StoredPicture, find_parts
from hashing.keypoints.voting import Appearance

__all__ = [
    "MOST",
    "VERSION",
    "Appearance",
    "Candidate",
    "Fetch",
    "KeypointIndex",
    "Keypoints",
    "Part",
    "PartJSON",
    "Point",
    "Quadrilateral",
    "Relation",
    "StoredPicture",
    "TooManyPictures",
    "find_parts",
]
