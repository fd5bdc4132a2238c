"""Near-duplicate search for any Django model: declare a field, ask `similar_to()`."""

from hashing.exceptions import NoHash, Refusal
from hashing.fingerprints import Fingerprint, PerceptualHash, fingerprint

__all__ = ["Fingerprint", "NoHash", "PerceptualHash", "Refusal", "fingerprint"]
