"""Looking at the pixels of two pictures: what they are to each other, and where they differ."""

from hashing.verification.affine import AffineMap, Rectangle
from hashing.verification.verification import (
    VERSION,
    Change,
    Evidence,
    Kind,
    NamedChange,
    PixelAlignment,
    Region,
    StoredVerification,
    Verification,
)
from hashing.verification.verifying import Closer, verify

__all__ = [
    "VERSION",
    "AffineMap",
    "Change",
    "Closer",
    "Evidence",
    "Kind",
    "NamedChange",
    "PixelAlignment",
    "Rectangle",
    "Region",
    "StoredVerification",
    "Verification",
    "verify",
]
