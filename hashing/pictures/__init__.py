"""Image files: decoding within limits, digests, metadata, and reduced gray pictures."""

from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.capture_time import CaptureTime
from hashing.pictures.containers import PNG_SIGNATURE, SOS, jpeg_segments, png_chunks
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
from hashing.pictures.digests import digest_of_look, file_digest
from hashing.pictures.holdings import Companion, Holdings
from hashing.pictures.jpeg_quality import jpeg_quality, standard_tables
from hashing.pictures.memory_budget import MemoryBudget
from hashing.pictures.metadata_spans import metadata_spans
from hashing.pictures.previews import Preview, reduced_to_preview
from hashing.pictures.resampling import ReducedGray

__all__ = [
    "FORMATS",
    "PNG_SIGNATURE",
    "SOS",
    "BinaryFile",
    "CaptureTime",
    "Companion",
    "DecodeOptions",
    "Holdings",
    "MemoryBudget",
    "Picture",
    "Preview",
    "ReducedGray",
    "decode",
    "decode_luma",
    "digest_of_look",
    "file_digest",
    "format_labels",
    "jpeg_quality",
    "jpeg_segments",
    "memory",
    "metadata_spans",
    "opened",
    "png_chunks",
    "reduced_to_preview",
    "standard_tables",
]
