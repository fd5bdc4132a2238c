"""What a file holds besides the pixels that are shown first; another copy may have lost it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Companion(StrEnum):
    """Something that a file carries beside its picture."""

    VIDEO = "video"
    GAIN_MAP = "gain map"
    DEPTH_MAP = "depth map"
    VIEWS = "further views"


@dataclass(frozen=True)
class Holdings:
    """
    The facts of a file that decide whether another copy of the picture lost something.

    `depth` is the number of bits of each colour. `colours` says what the colours mean; it is ""
    for plain sRGB. `frames` and `seconds` are those of an animation. `tags` counts the EXIF tags
    that have a value.
    """

    depth: int = 8
    is_transparent: bool = False
    colours: str = ""
    frames: int = 1
    seconds: float = 0.0
    companions: tuple[Companion, ...] = ()
    tags: int = 0
    has_xmp: bool = False

    @property
    def is_animated(self) -> bool:
        return self.frames > 1

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a JSON object."""
        return asdict(self) | {"companions": [one.value for one in self.companions]}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Holdings:
        """
        Return the facts that `to_json` wrote; what it did not write has the usual value.

        >>> Holdings.from_json({"depth": 16}).depth
        16
        """
        known = {name: facts[name] for name in cls.__dataclass_fields__ if name in facts}
        known["companions"] = tuple(map(Companion, facts.get("companions", ())))
        return cls(**known)
