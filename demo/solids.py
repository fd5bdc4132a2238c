"""Solid things in the light: their glaze, and the shadows they throw."""

import numpy as np

from demo.canvas import Canvas, Paint, Point, colour, laid, lit, plane, shaded, size_of, smoothstep
from demo.lathe import Light, Outline, Turned


def shadowed(
    picture: Canvas, foot: Point, radius: float, lean: float, tint: Paint, depth: float = 0.6
) -> Canvas:
    """The shadow of a standing thing: dark and crisp where it stands, softer further away."""
    x, y = plane(size_of(picture))
    down, right = (y - foot[1]) / (radius * 0.30), (x - foot[0]) / radius
    contact = np.exp(-((right * 0.95) ** 2) * 1.3 - down**2 * 1.6)
    along = np.clip((x - foot[0]) / (lean * radius), 0, 1)
    spread = 0.32 + 0.5 * along
    cast = np.exp(-(((y - foot[1] + 0.06 * along * radius) / (radius * spread)) ** 2) * 2)
    cast = cast * smoothstep(1.0, 0.1, along) * smoothstep(-0.9, 0.0, right)
    return shaded(picture, np.clip(contact * depth + cast * depth * 0.75, 0, 0.92), tint)


def glazed(
    picture: Canvas, solid: Turned, paint: Canvas, light: Light, *, gloss: float, bounce: Paint
) -> Canvas:
    """A solid in its own colours (height, width, 3), with a highlight and light from below."""
    diffuse = solid.under(light)
    under = np.clip(solid.normal[1] * 0.7 + 0.3 - diffuse, 0, 1) * 0.35
    rim = (1 - solid.normal[2]) ** 3 * 0.18
    body = paint * (0.16 + 0.95 * diffuse)[..., None] + colour(bounce) * (under + rim)[..., None]
    body = lit(np.clip(body, 0, 1), "#ffffff", gloss * solid.shine(light, 60))
    return laid(picture, body, solid.mask)


def vessel(*stations: Point) -> Outline:
    """An outline through (place, radius) stations, rounded between them."""
    places, radii = zip(*stations, strict=True)
    fine = np.linspace(0, 1, 400)
    rough = np.interp(fine, places, radii)
    eased = np.convolve(np.pad(rough, 20, mode="edge"), np.hanning(43)[1:-1] / 21, mode="valid")
    return lambda along: np.interp(along, fine, eased).astype(np.float32)
