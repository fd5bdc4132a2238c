"""Perceptual hashes of decoded pictures, and the framings and turns of copies."""

from hashing.fingerprints.algorithms import ALGORITHMS, Algorithm, algorithm, difference_steps
from hashing.fingerprints.alignment import Alignment
from hashing.fingerprints.dihedral import Bytes, Turn, in_all_turns, turned, turned_bytes
from hashing.fingerprints.fingerprint import (
    Fingerprint,
    fingerprint,
    has_points,
    is_informative,
    is_page,
)
from hashing.fingerprints.framings import VERSION, Box, Framing, View, boxes, views
from hashing.fingerprints.perceptual_hash import PerceptualHash

__all__ = [
    "ALGORITHMS",
    "VERSION",
    "Algorithm",
    "Alignment",
    "Box",
    "Bytes",
    "Fingerprint",
    "Framing",
    "PerceptualHash",
    "Turn",
    "View",
    "algorithm",
    "boxes",
    "difference_steps",
    "fingerprint",
    "has_points",
    "in_all_turns",
    "is_informative",
    "is_page",
    "turned",
    "turned_bytes",
    "views",
]
