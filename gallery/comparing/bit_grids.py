"""Hashes drawn as grids, one cell for each bit."""

from __future__ import annotations

from dataclasses import dataclass

from hashing.fingerprints import PerceptualHash

BINS = 3  # a colour hash has three bits for each range of colours, drawn as one column


@dataclass(frozen=True)
class BitGrid:
    """
    A grid of `columns` × `rows` cells as paths of an SVG, in units of one cell.

    `on` fills the bits that are 1; `differing` outlines the bits in which another hash differs,
    and `hatch` strikes them through, so that colour is never the only sign.
    """

    label: str
    columns: int
    rows: int
    on: str
    differing: str = ""
    hatch: str = ""


def bit_grid(hash_: PerceptualHash, label: str, other: PerceptualHash | None = None) -> BitGrid:
    """Draw `hash_`, with the cells marked in which `other` differs."""
    return _drawn(hash_, label, hash_.value ^ other.value if other else 0)


def difference_grid(first: PerceptualHash, second: PerceptualHash) -> BitGrid:
    """Draw the bits in which two hashes differ."""
    difference = PerceptualHash(first.value ^ second.value, first.width)
    count = first - second
    label = f"{count} of {first.width} cells differ"
    return _drawn(difference, label, difference.value)


def marked_hex(hash_: PerceptualHash, other: PerceptualHash) -> list[tuple[str, bool]]:
    """Return each hex digit of `hash_` with whether that of `other` differs."""
    return [(digit, digit != theirs) for digit, theirs in zip(hash_.hex, other.hex, strict=True)]


def _drawn(hash_: PerceptualHash, label: str, differing: int) -> BitGrid:
    columns, rows = _layout(hash_.width)
    on = _cells(hash_.bits, columns, rows)
    marked = _cells(PerceptualHash(differing, hash_.width).bits, columns, rows)
    return BitGrid(
        label=label,
        columns=columns,
        rows=rows,
        on="".join(f"M{x} {y}h1v1h-1z" for x, y in on),
        differing="".join(f"M{x + 0.1:g} {y + 0.1:g}h.8v.8h-.8z" for x, y in marked),
        hatch="".join(
            f"M{x + 0.1:g} {y + 0.5:g}l.4-.4m-.4 .8l.8-.8m-.4 .8l.4-.4" for x, y in marked
        ),
    )


def _layout(width: int) -> tuple[int, int]:
    return (8, width // 8) if width % 8 == 0 else (width // BINS, BINS)


def _cells(bits: str, columns: int, rows: int) -> list[tuple[int, int]]:
    """Return column and row of each 1. Rows fill first, except in colour hashes: columns do."""
    ones = [i for i, bit in enumerate(bits) if bit == "1"]
    if columns == 8:
        return [(i % columns, i // columns) for i in ones]
    return [(i // rows, i % rows) for i in ones]
