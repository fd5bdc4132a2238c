"""Pictures that show a part of another one: crops, screenshots, collages."""

from gallery.parts.keypoint_memory import KeypointMemory
from gallery.parts.seeking import seek, seek_again, unsought
from gallery.parts.shared_parts import SharedPart, parts_among, shared_part, shared_parts

__all__ = [
    "KeypointMemory",
    "SharedPart",
    "parts_among",
    "seek",
    "seek_again",
    "shared_part",
    "shared_parts",
    "unsought",
]
