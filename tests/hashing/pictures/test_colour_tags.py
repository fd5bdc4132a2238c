"""What a file states of its colours is read, and looks as in Chromium."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageChops

from hashing.colour_spaces import SRGB
from hashing.pictures import Picture, decode
from tests.colours import (
    COLOURS,
    GRAYS,
    INKS,
    P3_CHROMATICITIES,
    P3_TO_SRGB,
    PAPER,
    SIDE,
    Colour,
    avif,
    chrm,
    cicp,
    cmyk_profile,
    gama,
    gray_profile,
    iccp,
    lab_to_srgb,
    linear,
    patches,
    png,
    png16,
    png_chunk,
    rgb_profile,
    seen,
    srgb,
)
from tests.pictures import encoded

LINEAR = srgb(np.array(COLOURS) / 255)
P3 = srgb(linear(COLOURS) @ P3_TO_SRGB.T)
PLAIN = np.array(COLOURS, dtype=float)
HALF = 128


def picture(data: bytes) -> Picture:
    return decode(BytesIO(data))


def shown(data: bytes) -> npt.NDArray[np.int64]:
    return seen(picture(data).displayed(lambda image: image))


def assert_near(levels: npt.ArrayLike, expected: npt.ArrayLike, most: float = 3) -> None:
    assert np.abs(np.asarray(levels) - np.asarray(expected)).max() <= most


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([gama(1.0)], LINEAR),
        ([gama(0.45455)], PLAIN),
        ([gama(0.45455), chrm(P3_CHROMATICITIES)], P3),
        ([chrm(P3_CHROMATICITIES)], PLAIN),
        ([gama(1.0), chrm((0.0,) * 8)], LINEAR),
        ([gama(0.0)], PLAIN),
        ([cicp(12, 13)], P3),
        ([iccp(rgb_profile(1.0))], LINEAR),
        # cICP counts before iCCP, that before sRGB, and that before gAMA and cHRM.
        ([iccp(rgb_profile(1.0)), cicp(12, 13)], P3),
        ([cicp(12, 13), png_chunk(b"sRGB", b"\0")], P3),
        ([iccp(rgb_profile(1.0)), png_chunk(b"sRGB", b"\0")], LINEAR),
        ([png_chunk(b"sRGB", b"\0"), gama(1.0)], PLAIN),
        # Unknown code points, YCbCr and a limited range count as no chunk.
        ([cicp(77, 99), gama(1.0)], LINEAR),
        ([cicp(12, 13, matrix=1)], PLAIN),
        ([cicp(12, 13, full_range=0)], PLAIN),
        ([cicp(12, 2)], PLAIN),
        # So do profiles of another kind of picture, and broken ones.
        ([iccp(gray_profile(1.0))], PLAIN),
        ([iccp(b"broken" * 90)], PLAIN),
        ([iccp(rgb_profile(1.0)[:200])], PLAIN),
    ],
)
def test_png_chunks_count_in_their_order(chunks: list[bytes], expected: npt.ArrayLike) -> None:
    assert_near(shown(png(patches(COLOURS), *chunks)), expected)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_profiles_count_in_every_format(format: str) -> None:
    exact = {
        "WEBP": {"lossless": True},
        "JPEG": {"subsampling": 0},
        "AVIF": {"subsampling": "4:4:4"},
    }
    options = {"quality": 100, **exact.get(format, {})}
    data = encoded(patches(COLOURS), format, icc_profile=rgb_profile(1.0), **options)
    assert_near(shown(data), LINEAR)


def test_palette_has_the_colours_of_its_profile() -> None:
    image = patches(COLOURS).convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    assert_near(shown(encoded(image, "PNG", icc_profile=rgb_profile(1.0))), LINEAR)


@pytest.mark.parametrize("profile", [gray_profile(1.0), rgb_profile(1.0)])
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_gray_has_the_shades_of_its_profile(format: str, profile: bytes) -> None:
    data = encoded(patches(GRAYS, "L"), format, quality=100, icc_profile=profile)
    assert_near(shown(data), srgb(np.array(GRAYS) / 255))


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_transparent_parts_mix_with_the_ground_in_srgb(format: str) -> None:
    image = patches(COLOURS)
    image.putalpha(HALF)
    data = encoded(image, format, icc_profile=rgb_profile(1.0), lossless=True)
    assert_near(shown(data), 255 + (LINEAR - 255) * HALF / 255)


def test_gray_with_alpha_has_the_shades_of_its_profile() -> None:
    image = patches(GRAYS, "LA")
    image.putalpha(HALF)
    data = encoded(image, "PNG", icc_profile=gray_profile(1.0))
    assert_near(shown(data), 255 + (srgb(np.array(GRAYS) / 255) - 255) * HALF / 255)


@pytest.mark.parametrize("gamma", [1.0, 0.45455])
def test_transparent_shade_of_16_bits(gamma: float) -> None:
    levels = np.asarray(patches(GRAYS, "L")).astype(np.uint16) * 257
    levels[:, :SIDE] += 1  # told apart from the transparent shade by the last bit only
    transparent = png_chunk(b"tRNS", levels[0, -1].astype(">u2").tobytes())
    expected = np.array(GRAYS) if gamma < 1 else srgb(np.array(GRAYS) / 255)
    expected = np.where(np.array(GRAYS) == GRAYS[3], 255, expected)
    assert_near(shown(png16(levels, 0, gama(gamma), transparent)), expected)


# Recorded from Chromium 156.
PQ_BT2020 = [(255, 0, 0), (0, 241, 0), (0, 4, 255), (255, 70, 44), (132, 132, 132), (255, 0, 0)]
PQ_BT2020 += [(9, 9, 9), (0, 228, 255)]
HLG_BT2020 = [(230, 0, 26), (0, 153, 49), (0, 58, 182), (255, 125, 101), (99, 99, 99)]
HLG_BT2020 += [(255, 66, 0), (21, 21, 21), (0, 188, 200)]
BT2020 = [(247, 0, 39), (0, 179, 62), (0, 80, 209), (247, 163, 134), (128, 128, 128)]
BT2020 += [(255, 134, 0), (40, 40, 40), (0, 198, 202)]


@pytest.mark.parametrize(
    ("code_points", "expected"),
    [((9, 16), PQ_BT2020), ((9, 18), HLG_BT2020), ((9, 13), BT2020), ((1, 13), COLOURS)],
)
def test_code_points_look_as_in_chromium(
    code_points: tuple[int, int], expected: list[Colour]
) -> None:
    assert_near(shown(png(patches(COLOURS), cicp(*code_points))), expected)
    # Here, the colours themselves are up to two levels off.
    assert_near(shown(avif(patches(COLOURS), *code_points)), expected, most=8)


@pytest.mark.parametrize(
    ("transfer", "in_png", "in_avif"),
    [
        (1, (1, 11, 37, 70, 121, 155, 197, 239), (8, 24, 48, 80, 128, 160, 200, 240)),
        (4, (2, 17, 44, 79, 129, 161, 201, 240), (2, 17, 44, 79, 129, 161, 201, 240)),
        (5, (0, 4, 24, 56, 106, 142, 189, 237), (0, 4, 24, 56, 106, 142, 189, 237)),
        (7, (22, 42, 66, 97, 141, 170, 206, 242), (22, 42, 66, 97, 141, 170, 206, 242)),
        (8, (50, 86, 120, 152, 188, 208, 229, 248), (50, 86, 120, 152, 188, 208, 229, 248)),
        (17, (0, 8, 32, 65, 118, 154, 200, 247), (0, 8, 32, 65, 118, 154, 200, 247)),
        (19, (8, 24, 48, 80, 128, 160, 200, 240), (8, 24, 48, 80, 128, 160, 200, 240)),
    ],
)
def test_curves_look_as_in_chromium(
    transfer: int, in_png: tuple[int, ...], in_avif: tuple[int, ...]
) -> None:
    assert_near(shown(png(patches(GRAYS), cicp(1, transfer)))[:, 1], in_png)
    assert_near(shown(avif(patches(GRAYS), 1, transfer))[:, 1], in_avif)


def test_a_profile_counts_before_code_points_in_avif() -> None:
    profile = rgb_profile(1.0)
    data = encoded(patches(COLOURS), "AVIF", quality=100, subsampling="4:4:4", icc_profile=profile)
    assert picture(data).colour_space.key.startswith("icc-")


def test_brighter_peak_leaves_more_contours() -> None:
    bright = patches([(v, v, v) for v in (0, 60, 100, 140, 180, 190, 200, 210)])
    data = png(bright, cicp(9, 16))
    limited = shown(data)
    peak = png_chunk(b"cLLI", (4000 * 10_000).to_bytes(4, "big") + bytes(4))
    wide = shown(png(bright, cicp(9, 16), peak))
    assert limited[-1, 0] == limited[-2, 0] == 255
    assert wide[-2, 0] < wide[-1, 0] < 255
    assert (
        picture(data).colour_space.key != picture(png(bright, cicp(9, 16), peak)).colour_space.key
    )


@pytest.mark.parametrize(
    "data",
    [
        png(patches(COLOURS)),
        png(
            patches(COLOURS), gama(0.45455), chrm((0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06))
        ),
        png(patches(COLOURS), cicp(1, 13)),
        avif(patches(COLOURS), 1, 13),
        encoded(patches(COLOURS), "GIF"),
    ],
)
def test_what_means_srgb_has_no_key(data: bytes) -> None:
    assert picture(data).colour_space == SRGB


def test_hashes_see_the_levels_of_the_file() -> None:
    plain, tagged = png(patches(COLOURS)), png(patches(COLOURS), iccp(rgb_profile(1.0)))
    assert (seen(picture(plain).image) == seen(picture(tagged).image)).all()


def inks() -> Image.Image:
    """Return paper and each ink alone, in CMYK."""
    pixels = np.zeros((2, 4, 4), dtype=np.uint8)
    for ink in range(4):
        pixels[0, ink, ink] = 255
    return Image.frombytes("CMYK", (4 * SIDE, 2 * SIDE), pixels.repeat(SIDE, 0).repeat(SIDE, 1))


def as_ycck(image: Image.Image) -> list[Image.Image]:
    """Return the channels of a CMYK `image` as YCCK, inverted as Pillow writes CMYK."""
    *colours, black = (ImageChops.invert(band) for band in image.split())
    ycc = Image.merge("RGB", [ImageChops.invert(band) for band in colours]).convert("YCbCr")
    return [ImageChops.invert(band) for band in (*ycc.split(), black)]


@pytest.mark.parametrize("adobe", [b"\0", b"\2", None])
def test_cmyk_is_shown_as_its_press_prints_it(adobe: bytes | None) -> None:
    data = encoded(inks(), "JPEG", quality=100, subsampling=0, icc_profile=cmyk_profile())
    begin = data.index(b"\xff\xee\0\x0eAdobe")
    if adobe is None:
        data = data[:begin] + data[begin + 16 :]
    elif adobe == b"\2":
        pixels = Image.merge("CMYK", as_ycck(inks()))
        data = encoded(pixels, "JPEG", quality=100, subsampling=0, icc_profile=cmyk_profile())
        data = data[: begin + 15] + adobe + data[begin + 16 :]
    expected = [lab_to_srgb(lab) for lab in (*INKS, PAPER)]
    assert_near(shown(data)[:5], expected, most=8)
    assert_near(seen(picture(data).image)[:5], expected, most=8)


@pytest.mark.parametrize("profile", [None, rgb_profile(1.0), cmyk_profile()[:400]])
def test_cmyk_without_a_profile_of_its_own_is_mixed_plainly(profile: bytes | None) -> None:
    data = encoded(inks(), "JPEG", quality=100, subsampling=0, icc_profile=profile)
    plain = [(0, 255, 255), (255, 0, 255), (255, 255, 0), (0, 0, 0), (255, 255, 255)]
    assert_near(shown(data)[:5], plain)
    assert picture(data).colour_space == SRGB
