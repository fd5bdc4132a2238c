"""Picture files: decoding within limits, digests, EXIF, and reduced gray levels."""

from hashing.pictures.decoding import (
    FORMATS,
    DecodeOptions,
    Picture,
    decode,
    decode_luma,
    format_labels,
    memory,
    opened,
)
from hashing.pictures.digests import file_digest
from hashing.pictures.jpeg_quality import jpeg_quality, standard_tables
from hashing.pictures.memory_budget import MemoryBudget
from hashing.pictures.resampling import GrayLevels

__all__ = [
    "FORMATS",
    "DecodeOptions",
    "GrayLevels",
    "MemoryBudget",
    "Picture",
    "decode",
    "decode_luma",
    "file_digest",
    "format_labels",
    "jpeg_quality",
    "memory",
    "opened",
    "standard_tables",
]
