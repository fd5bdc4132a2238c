"""Round things as a lathe makes them: where they stand, and how the light falls on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from demo.canvas import Field, Point, smoothstep

Outline: TypeAlias = Callable[[Field], Field]
Light: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True)
class Turned:
    """A solid of revolution about an upright axis, as fields (height, width)."""

    mask: Field
    """1 on the solid, 0 beside it."""
    across: Field
    """Place around it: -1 at the left edge, 0 in the middle, 1 at the right edge."""
    along: Field
    """Place down it (height, 1): 0 at the top, 1 at the foot."""
    normal: tuple[Field, Field, Field]
    """Where its surface faces: to the right, downwards, to the viewer."""

    def under(self, light: Light) -> Field:
        """How brightly a light from that direction strikes it, 0 to 1."""
        return np.clip(
            sum(n * part for n, part in zip(self.normal, unit(light), strict=True)), 0, 1
        )

    def shine(self, light: Light, sharpness: float) -> Field:
        """The highlight of a light on a glossy surface, 0 to 1."""
        right, down, near = unit(light)
        return self.under((right, down, near + 1)) ** sharpness


def unit(light: Light) -> Light:
    """The same direction, of length one."""
    length = float(np.hypot(np.hypot(light[0], light[1]), light[2]))
    return light[0] / length, light[1] / length, light[2] / length


def turned(x: Field, y: Field, top: Point, tall: float, outline: Outline) -> Turned:
    """A solid hanging from `top`; `outline` gives its radius in `tall`s for 0 (top) to 1 (foot)."""
    along = (y - top[1]) / tall
    radius = np.maximum(outline(np.clip(along, 0, 1)), 1e-4) * tall
    swell = np.clip(np.gradient(radius[:, 0], y[:, 0]), -30, 30)[:, None]
    across = np.clip((x - top[0]) / radius, -1, 1)
    near = np.sqrt(1 - across * across)
    length = np.sqrt(1 + swell * swell)
    edge = 0.8 / len(y)
    mask = smoothstep(edge, -edge, np.abs(x - top[0]) - radius) * ((along >= 0) & (along <= 1))
    return Turned(mask, across, along, (across / length, -swell / length, near / length))


def sphere(along: Field) -> Field:
    """The outline of a ball."""
    return np.sqrt(np.maximum(along * (1 - along), 0))
