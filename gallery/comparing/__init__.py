"""Two pictures side by side: distances, differences, overlays."""

from gallery.comparing.bit_grids import BitGrid, bit_grid, difference_grid, marked_hex
from gallery.comparing.colour_changes import recolouring
from gallery.comparing.comparisons import Comparison
from gallery.comparing.file_differences import (
    IDENTICAL_FILE,
    SAME_PIXELS,
    Row,
    dressing,
    remark,
    rows,
    sentence,
)
from gallery.comparing.forms import ComparisonForm, SideBySideForm
from gallery.comparing.hash_distances import hash_distances
from gallery.comparing.hash_methods import COMPARED, LARGE_BITS, METHODS, Method, method, offered
from gallery.comparing.overlays import GAINS, VIEWS, Stage
from gallery.comparing.similarity import REACH, Likeness

__all__ = [
    "COMPARED",
    "GAINS",
    "IDENTICAL_FILE",
    "LARGE_BITS",
    "METHODS",
    "REACH",
    "SAME_PIXELS",
    "VIEWS",
    "BitGrid",
    "Comparison",
    "ComparisonForm",
    "Likeness",
    "Method",
    "Row",
    "SideBySideForm",
    "Stage",
    "bit_grid",
    "difference_grid",
    "dressing",
    "hash_distances",
    "marked_hex",
    "method",
    "offered",
    "recolouring",
    "remark",
    "rows",
    "sentence",
]
