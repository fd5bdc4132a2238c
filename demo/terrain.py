"""Country seen from a hilltop: height maps, the sun on them, and the view of a camera.

A map is a square field. Its rows lead away from the camera and its columns run across; a height
is measured in sides of the map, and so is a distance.
"""

from dataclasses import dataclass

import numpy as np

from demo.canvas import Canvas, Field, Point, Size, below, laid, plane, smoothstep
from demo.noise import sampled


@dataclass(frozen=True)
class Camera:
    """Stands at the middle of the map's first row and looks along the columns."""

    eye: float
    """Height above the map's zero, in sides of the map."""
    horizon: float
    """Where level lines of sight meet the picture, in picture heights from the top."""
    focal: float
    """Picture heights that something as high as it is far away takes up."""
    near: float = 0.06
    """The nearest distance that is drawn."""


@dataclass(frozen=True)
class View:
    """What the camera sees in each pixel, as fields (height, width)."""

    depth: Field
    """Distance from the camera, in sides of the map."""
    aside: Field
    """Place across the map, from 0 to 1."""
    cover: Field
    """1 where there is land, 0 where there is sky."""

    def of(self, field: Field) -> Field:
        """The values of another field of the map, as they appear in the picture."""
        side = len(field)
        return sampled(field, self.depth * side, self.aside * side)


def seen(heights: Field, camera: Camera, size: Size, steps: int = 560) -> View:
    """The view of a height map; nearer land hides what lies behind it."""
    x, y = plane(size)
    slope = (x - size[0] / size[1] / 2) / camera.focal
    depths = np.geomspace(camera.near, 0.998, steps, dtype=np.float32)
    skyline = _skyline(heights, camera, depths, slope)
    depth = _depth(skyline, depths, y)
    return View(depth, 0.5 + slope * depth, below(y, skyline[-1]))


def _skyline(heights: Field, camera: Camera, depths: Field, slope: Field) -> Field:
    """The y of the highest land so far, for every distance and column."""
    far, side = depths[:, None], len(heights)
    land = sampled(heights, far * side, (0.5 + slope * far) * side)
    return np.minimum.accumulate(camera.horizon + (camera.eye - land) / far * camera.focal)


def _depth(skyline: Field, depths: Field, y: Field) -> Field:
    """The distance (height, width) at which each pixel's line of sight meets the land."""
    depth = np.empty((len(y), skyline.shape[1]), dtype=np.float32)
    for column, rising in enumerate(skyline.T):
        depth[:, column] = np.interp(-y[:, 0], -rising, depths)
    return depth


def hazy(land: Canvas, view: View, heights: Field, haze: str, depth: float, mist: float) -> Canvas:
    """Land behind air that thickens with distance, and with mist that lies in the valleys."""
    low = mist * np.exp(-14 * view.of(heights))
    return laid(land, haze, 1 - np.exp(-(depth + low) * view.depth))


def sunlight(heights: Field, sun: Point, slope: float, soft: float = 0.004) -> Field:
    """How brightly the sun strikes each place of a map, from 0 (shadow) to 1.

    `sun` points to it, across and away; shadows fall along x and drop by `slope`.
    """
    pitch = 1 / len(heights)
    away, across = np.gradient(heights, pitch)
    facing = (slope - across * sun[0] - away * sun[1]) / np.sqrt(1 + away**2 + across**2)
    length = np.sqrt(slope**2 + sun[0] ** 2 + sun[1] ** 2)
    unshadowed = _unshadowed(heights, sun[0] > 0, slope, soft)
    light: Field = np.clip(facing / length, 0, 1) * unshadowed
    return light


def _unshadowed(heights: Field, from_right: bool, slope: float, soft: float) -> Field:
    """1 where the sun sees the ground, 0 where a crest stands before it."""
    land = heights[:, ::-1] if from_right else heights
    raised = land + slope * np.arange(len(land), dtype=np.float32) / len(land)
    hidden = np.maximum.accumulate(raised, axis=1) - raised
    sunny = smoothstep(soft, 0.0, hidden)
    return sunny[:, ::-1] if from_right else sunny
