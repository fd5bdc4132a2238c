"""Traces of processing: earlier JPEG compression and upscaling."""

from hashing.forensics.double_jpeg import earlier_quality
from hashing.forensics.upscaling import Copy, is_enlarged, may_be_enlarged

__all__ = ["Copy", "earlier_quality", "is_enlarged", "may_be_enlarged"]
