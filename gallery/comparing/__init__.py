"""Two pictures side by side: distances, differences, overlays."""

from gallery.comparing.bit_grids import BitGrid, bit_grid, difference_grid, marked_hex
from gallery.comparing.comparisons import Comparison
from gallery.comparing.drawings import Mark, marks_of
from gallery.comparing.fact_rows import FactRow, fact_rows
from gallery.comparing.file_differences import (
    IDENTICAL_FILE,
    SAME_PIXELS,
    alignment_words,
    is_burst,
    remark,
    sentence,
)
from gallery.comparing.forms import ComparisonForm, SideBySideForm
from gallery.comparing.hash_distances import hash_distances
from gallery.comparing.hash_methods import COMPARED, LARGE_BITS, METHODS, Method, method, offered
from gallery.comparing.overlays import GAINS, VIEWS, Overlay
from gallery.comparing.similarity import MAX_PANEL_DISTANCE, Similarity

__all__ = [
    "COMPARED",
    "GAINS",
    "IDENTICAL_FILE",
    "LARGE_BITS",
    "MAX_PANEL_DISTANCE",
    "METHODS",
    "SAME_PIXELS",
    "VIEWS",
    "BitGrid",
    "Comparison",
    "ComparisonForm",
    "FactRow",
    "Mark",
    "Method",
    "Overlay",
    "SideBySideForm",
    "Similarity",
    "alignment_words",
    "bit_grid",
    "difference_grid",
    "fact_rows",
    "hash_distances",
    "is_burst",
    "marked_hex",
    "marks_of",
    "method",
    "offered",
    "remark",
    "sentence",
]
