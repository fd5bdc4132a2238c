"""Conifers, one by one and as a wood."""

import numpy as np

from demo.canvas import Field, Point, Size, below, breadth, plane
from demo.stencils import Stencil


def spruce(stencil: Stencil, foot: Point, tall: float, rng: np.random.Generator) -> None:
    """Cut one conifer: boughs that hang outwards and grow longer towards the foot."""
    tiers = 15 + int(tall * 14)
    drop = np.linspace(0.0, 1.0, tiers)
    reach = tall * (0.012 + 0.19 * drop**0.9) * rng.uniform(0.75, 1.15, (2, tiers))
    top = foot[1] - tall
    for side, lengths in zip((-1, 1), reach, strict=True):
        edge = [(foot[0], top - 0.01 * tall)]
        for level, length in zip(drop, lengths, strict=True):
            height = top + 0.93 * tall * level
            edge += [(foot[0] + side * length, height + 0.035 * tall)]
            edge += [(foot[0] + side * length * 0.35, height + 0.022 * tall)]
        stencil.polygon([*edge, (foot[0], foot[1])])
    stencil.stroke([(foot[0], top), (foot[0], foot[1] + 0.1)], 0.014 * tall)


def stand(size: Size, rng: np.random.Generator, line: Field, tall: float, gap: float) -> Field:
    """The mask of a wood whose feet follow a line (width); `gap` is the space between trees."""
    stencil, x = Stencil(size), -gap
    while x < breadth(size) + gap:
        column = min(max(int(x * size[1]), 0), size[0] - 1)
        height = tall * rng.uniform(0.55, 1.15)
        spruce(stencil, (x, float(line[column]) + 0.01), height, rng)
        x += gap * rng.uniform(0.5, 1.5)
    return np.maximum(stencil.cut(), below(plane(size)[1], line))
