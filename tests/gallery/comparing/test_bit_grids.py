"""Hashes as drawings."""

from gallery.comparing.bit_grids import bit_grid, difference_grid, marked_hex
from hashing.fingerprints.perceptual_hash import PerceptualHash


def test_cells_fill_rows() -> None:
    grid = bit_grid(PerceptualHash.from_bits("1" + "0" * 7 + "01" + "0" * 54), "hash")
    assert (grid.columns, grid.rows) == (8, 8)
    assert grid.on == "M0 0h1v1h-1zM1 1h1v1h-1z"
    assert grid.differing == grid.hatch == ""


def test_colours_are_columns() -> None:
    grid = bit_grid(PerceptualHash.from_bits("0001" + "0" * 38), "hash")
    assert (grid.columns, grid.rows) == (14, 3)
    assert grid.on == "M1 0h1v1h-1z"


def test_differing_cells_are_marked_in_all_grids() -> None:
    a, b = PerceptualHash(0b111), PerceptualHash(0b010)
    for grid in (bit_grid(a, "a", b), bit_grid(b, "b", a), difference_grid(a, b)):
        assert grid.differing.count("M") == 2
        assert grid.hatch.count("M") == 2
    assert difference_grid(a, b).label == "2 of 64 cells differ"


def test_marked_hex() -> None:
    marked = marked_hex(PerceptualHash(0xF0, 8), PerceptualHash(0xF1, 8))
    assert marked == [("f", False), ("0", True)]
