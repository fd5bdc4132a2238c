"""
High dynamic range: PQ and HLG, shown on a screen that is no brighter than paper.

Sources: ITU-R BT.2100-2, tables 4 (PQ) and 5 (HLG); ITU-R BT.2408, section 2.1 (the luminance of
white); SMPTE ST 2094-50, annex D, the "reference white tone mapping operator", which browsers apply
to pictures that bring no tone mapping of their own.
"""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.colour_spaces.chromaticities import Chromaticities
from hashing.colour_spaces.code_points import (
    BT_709,
    BT_2020,
    HLG,
    PQ,
    PRIMARIES,
    CodePoints,
    Levels,
)

# Linear RGB, shape (rows, columns, 3); 1 is the light of white.
Light = npt.NDArray[np.float32]

# Luminances in cd/m²: of white, and of the brightest light unless a picture states it.
WHITE, PEAK = 203.0, 1000.0
# The peak relative to white; at 1, the curve above white would have no extent.
MIN_PEAK = 1.001
# How far along its tangents the curve above the knee bends.
KAPPA = 0.65
# The luminance of linear RGB in BT.2020.
LUMINANCE = np.array([0.2627, 0.6780, 0.0593], dtype=np.float32)
# Rows that are converted at a time.
STRIP = 256


def tone_mapped(image: Image.Image, code_points: CodePoints, peak: float = PEAK) -> Image.Image:
    """
    Return the RGB `image`, coded in PQ or HLG, in sRGB.

    The brightest light in it has `peak` cd/m².
    """
    curve = _ToneCurve(peak)
    decode = {PQ: _pq, HLG: _hlg}[code_points.transfer]
    light = decode(np.arange(256) / 255).astype(np.float32)
    to_2020 = _matrix(PRIMARIES[code_points.primaries], BT_2020)
    to_srgb = _matrix(BT_2020, PRIMARIES[BT_709])
    shown = Image.new("RGB", image.size)
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        wide = light[np.asarray(strip)] @ to_2020
        if code_points.transfer == HLG:
            wide = _displayed(wide)
        shown.paste(Image.fromarray(_srgb_levels(curve.dimmed(wide) @ to_srgb)), (0, top))
    return shown


def _pq(levels: Levels) -> Levels:
    """Return the light of PQ `levels`."""
    root = levels ** (32 / 2523)
    ratio = np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)
    return 10_000 / WHITE * ratio ** (8192 / 1305)


def _hlg(levels: Levels) -> Levels:
    """Return the light of the scene for HLG `levels`, up to 1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(levels <= 0.5, levels**2 / 3, (np.exp((levels - c) / a) + b) / 12)


def _displayed(scene: Light) -> Light:
    """Return what a screen of the luminance PEAK shows of the light of a `scene`."""
    luminance = np.maximum(scene @ LUMINANCE, 0)[..., None]
    scale: Light = np.float32(PEAK / WHITE) * luminance ** np.float32(0.2)
    return scale * scene


class _ToneCurve:
    """
    What part of the screen's light stands for the light in a picture.

    The curve is a line up to white. From there, a Bézier curve of second degree leads to the peak.
    """

    def __init__(self, peak: float) -> None:
        self.peak = max(peak / WHITE, MIN_PEAK)
        # White leaves room for what is brighter; from PEAK on, that is half of the screen's light.
        self.knee = 1 - 0.5 * min(math.log(self.peak) / math.log(PEAK / WHITE), 1)
        across, up = (1 - KAPPA) + KAPPA / self.knee, (1 - KAPPA) * self.knee + KAPPA
        # Coefficients of the curve's two polynomials, in which the parameter goes from 0 to 1.
        self.across = 1 - 2 * across + self.peak, 2 * (across - 1)
        self.up = self.knee - 2 * up + 1, 2 * (up - self.knee)

    def dimmed(self, light: Light) -> Light:
        """Return `light` as it is shown: all channels are scaled alike, so hues stay."""
        brightest = light.max(axis=-1, keepdims=True)
        scale: Light = self._shown(brightest) / np.maximum(brightest, np.float32(1e-6))
        return scale * light

    def _shown(self, light: Light) -> Light:
        square, linear = self.across
        excess = np.clip(light, 1, self.peak) - 1
        # The citardauq form of the solution holds for a square of 0 as well.
        t = 2 * excess / (linear + np.sqrt(linear**2 + 4 * square * excess))
        bent: Light = self.knee + t * (self.up[1] + t * self.up[0])
        return np.where(light <= 1, self.knee * light, bent)


def _srgb_levels(light: Light) -> npt.NDArray[np.uint8]:
    light = np.clip(light, 0, 1)
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255 * levels).astype(np.uint8)


def _matrix(source: Chromaticities, target: Chromaticities) -> Light:
    """Return the matrix that takes rows of linear RGB from `source` to `target`."""
    return np.linalg.solve(target.to_d50, source.to_d50).T.astype(np.float32)
