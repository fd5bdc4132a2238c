"""Two colour spaces have equal keys if colours look the same in both."""

import numpy as np
import pytest
from PIL import ImageCms

from hashing.colour_spaces import SRGB, Chromaticities, CodePoints, coded_space, gamma_space
from hashing.colour_spaces import profiled_space as space_of
from tests.colours import (
    COLOURS,
    P3_TO_SRGB,
    gray_profile,
    linear,
    patches,
    rgb_profile,
    seen,
    srgb,
)

D65 = (0.3127, 0.329)
P3 = Chromaticities(D65, (0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
ADOBE_RGB = Chromaticities(D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
# Linear light to XYZ (Adobe RGB (1998) Color Image Encoding, section 4.3.5.3), and to sRGB
# (IEC 61966-2-1), both relative to D65.
ADOBE_RGB_TO_XYZ = np.array(
    [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]]
)
XYZ_TO_SRGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)


def named(name: str) -> bytes:
    """Return a profile that means sRGB, by another name of as many letters."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace("sRGB".encode("utf-16-be"), name.encode("utf-16-be"))


def test_profile_is_srgb_by_its_looks_not_its_name() -> None:
    assert space_of(named("Mine"), {"RGB"}) == SRGB
    assert space_of(rgb_profile(1.0), {"RGB"}) != SRGB


def test_key_follows_the_look() -> None:
    profiles = [space_of(rgb_profile(gamma), {"RGB"}) for gamma in (1.0, 1.8, 2.6)]
    gammas = [gamma_space(0.5, P3), gamma_space(0.5, None), gamma_space(1.0, P3)]
    codes = [coded_space(CodePoints(*pair)) for pair in ((9, 16), (9, 18), (12, 13), (1, 8))]
    peaks = [coded_space(CodePoints(9, 16), peak) for peak in (400, 4000)]
    keys = [space.key for space in (SRGB, *profiles, *gammas, *codes, *peaks)]
    assert len(set(keys)) == len(keys)
    assert space_of(rgb_profile(1.8), {"RGB"}).key == profiles[1].key
    assert max(map(len, keys)) < 100


@pytest.mark.parametrize(
    ("profile", "modes"),
    [
        (b"", {"RGB"}),
        (b"x" * 1000, {"RGB"}),
        (rgb_profile(1.0)[:300], {"RGB"}),
        (rgb_profile(1.0) + bytes(5_000_000), {"RGB"}),
        (gray_profile(1.0), {"RGB"}),
        (rgb_profile(1.0), {"CMYK"}),
    ],
)
def test_profile_that_is_broken_huge_or_for_other_pixels_is_ignored(
    profile: bytes, modes: set[str]
) -> None:
    assert space_of(profile, modes) == SRGB


def test_dark_grays_of_a_steep_curve_are_exact() -> None:
    levels = [(v, v, v) for v in range(8)]
    space = space_of(gray_profile(1.0), {"L"})
    shown = seen(space.in_srgb(patches(levels, "L")))
    assert np.abs(shown - srgb(np.array(levels) / 255)).max() <= 1


def test_wide_primaries() -> None:
    p3 = seen(coded_space(CodePoints(12, 13)).in_srgb(patches(COLOURS)))
    assert np.abs(p3 - srgb(linear(COLOURS) @ P3_TO_SRGB.T)).max() <= 1
    adobe = seen(gamma_space(1 / 2.19921875, ADOBE_RGB).in_srgb(patches(COLOURS)))
    light = (np.array(COLOURS) / 255) ** 2.19921875
    assert np.abs(adobe - srgb(light @ ADOBE_RGB_TO_XYZ.T @ XYZ_TO_SRGB.T)).max() <= 2


@pytest.mark.parametrize(
    "chromaticities",
    [
        Chromaticities(*[(0.0, 0.0)] * 4),
        Chromaticities(D65, *[(0.3, 0.3)] * 3),
        Chromaticities((0.3127, 0.0), *P3[1:]),
        Chromaticities((0.9, 0.05), *P3[1:]),
        Chromaticities(D65, (40_000.0, 40_000.0), *P3[2:]),
    ],
)
def test_primaries_that_span_no_colours_are_ignored(chromaticities: Chromaticities) -> None:
    assert gamma_space(1.0, chromaticities).key == gamma_space(1.0, None).key


@pytest.mark.parametrize("exponent", [0.0, 1e-5, 42_949.0])
def test_absurd_gammas_do_no_harm(exponent: float) -> None:
    assert gamma_space(exponent, None).in_srgb(patches(COLOURS)).mode == "RGB"
