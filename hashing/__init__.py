"""
Near-duplicate search for any Django model: declare a field, ask `similar_to()`.

These names need no settings. Fields and querysets are in `hashing.fields` and
`hashing.querysets`, to be imported once Django is set up.

>>> PerceptualHash.from_hex("81d07fffe0611a85") - PerceptualHash.from_hex("87d03e7ee0259e85")
10
"""

from hashing.exceptions import NoHash, Refusal
from hashing.fingerprints import Fingerprint, PerceptualHash, fingerprint

__all__ = ["Fingerprint", "NoHash", "PerceptualHash", "Refusal", "fingerprint"]
