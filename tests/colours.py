"""Files that state colours, and what they look like, computed without the code under test."""

import struct
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.pictures import encoded

Colour = tuple[int, int, int]

COLOURS: list[Colour] = [
    *((200, 60, 50), (60, 170, 80), (60, 80, 200), (220, 170, 140)),
    *((128, 128, 128), (240, 150, 30), (40, 40, 40), (90, 190, 200)),
]
GRAYS: list[Colour] = [(v, v, v) for v in (8, 24, 48, 80, 128, 160, 200, 240)]
SIDE = 40

# Linear Display P3 to linear sRGB, and XYZ of the white D50 to linear sRGB (B. Lindbloom).
P3_TO_SRGB = np.array(
    [[1.2249402, -0.2249402, 0], [-0.0420570, 1.0420570, 0], [-0.0196376, -0.0786361, 1.0982735]]
)
XYZ_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
P3_CHROMATICITIES = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)


def patches(colours: list[Colour], mode: str = "RGB") -> Image.Image:
    """Return a picture of two rows of four squares in `colours`."""
    pixels = np.array(colours, dtype=np.uint8).reshape(2, 4, 3)
    return Image.fromarray(pixels.repeat(SIDE, 0).repeat(SIDE, 1)).convert(mode)


def seen(image: Image.Image) -> npt.NDArray[np.int64]:
    """Return the colours in the middle of the squares of `image`, shape (8, 3)."""
    levels = np.asarray(image.convert("RGB"), dtype=np.int64)
    return levels[SIDE // 2 :: SIDE, SIDE // 2 :: SIDE].reshape(-1, 3)


def linear(levels: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the linear light of sRGB `levels` of 255 (IEC 61966-2-1)."""
    coded = np.asarray(levels) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def srgb(light: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the sRGB levels of linear `light`."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(image: Image.Image, *chunks: bytes) -> bytes:
    """Return `image` as a PNG with `chunks` behind its header."""
    data = encoded(image, "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def png16(levels: npt.NDArray[np.uint16], colour_type: int, *chunks: bytes) -> bytes:
    """Return `levels` as a PNG of 16 bits, which Pillow cannot write for all `colour_type`s."""
    height, width = levels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in levels.astype(">u2"))
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            *chunks,
            png_chunk(b"IDAT", zlib.compress(rows)),
            png_chunk(b"IEND", b""),
        )
    )


def gama(gamma: float) -> bytes:
    return png_chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def chrm(chromaticities: tuple[float, ...]) -> bytes:
    return png_chunk(b"cHRM", struct.pack(">8I", *(round(x * 100_000) for x in chromaticities)))


def cicp(primaries: int, transfer: int, matrix: int = 0, full_range: int = 1) -> bytes:
    return png_chunk(b"cICP", bytes((primaries, transfer, matrix, full_range)))


def iccp(profile: bytes) -> bytes:
    return png_chunk(b"iCCP", b"a profile\0\0" + zlib.compress(profile))


def avif(image: Image.Image, primaries: int, transfer: int) -> bytes:
    """Return `image` as an AVIF with these code points."""
    data = encoded(image, "AVIF", quality=100, subsampling="4:4:4")
    begin = data.index(b"nclx") + 4
    return data[:begin] + struct.pack(">HH", primaries, transfer) + data[begin + 4 :]


def icc_profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile that is named sRGB, whatever it means."""
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"sRGB\0" + bytes(79), **tags}
    position, table, body = 132 + 12 * len(tags), b"", b""
    for tag, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += tag + struct.pack(">II", position + len(body), len(data))
        body += padded
    header = struct.pack(">I4xI", position + len(body), 0x02400000) + kind + space + connection
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def gamma_curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def xyz(*numbers: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(n * 65536) for n in numbers))


def gray_profile(gamma: float) -> bytes:
    tags = {b"wtpt": xyz(0.9642, 1, 0.8249), b"kTRC": gamma_curve(gamma)}
    return icc_profile(b"mntr", b"GRAY", b"XYZ ", tags)


def rgb_profile(gamma: float) -> bytes:
    """Return a profile of the primaries of sRGB with another gamma."""
    primaries = {
        b"rXYZ": xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": xyz(0.14307, 0.06061, 0.71410),
    }
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma_curve(gamma))
    return icc_profile(b"mntr", b"RGB ", b"XYZ ", {**primaries, **curves})


# What paper, and cyan, magenta, yellow and black ink on it look like, in CIE L*, a* and b*.
PAPER, INKS = (100, 0, 0), ((55, -30, -40), (50, 60, 0), (88, 0, 80), (0, 0, 0))


def cmyk_profile() -> bytes:
    """Return a profile of a press that prints the INKS; several over another are black."""
    table = b""
    for inks in np.ndindex(2, 2, 2, 2):
        lab = {0: PAPER, 1: INKS[int(np.argmax(inks))]}.get(sum(inks), (0, 0, 0))
        table += bytes((round(255 * lab[0] / 100), lab[1] + 128, lab[2] + 128))
    ramp, identity = bytes(range(256)), np.eye(3).astype(">i4") * 65536
    sizes = bytes((4, 3, 2, 0))  # inks, channels of Lab, amounts of each ink
    lut = (
        b"mft1" + bytes(4) + sizes + identity.astype(">i4").tobytes() + 4 * ramp + table + 3 * ramp
    )
    tags = {b"wtpt": xyz(0.9642, 1, 0.8249), b"A2B0": lut}
    return icc_profile(b"prtr", b"CMYK", b"Lab ", tags)


def lab_to_srgb(lab: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    """Return the sRGB levels of a colour in CIE L*a*b* relative to D50 (ISO/CIE 11664-4)."""
    y = (lab[0] + 16) / 116
    cubes = np.array([y + lab[1] / 500, y, y - lab[2] / 200])
    ratios = np.where(cubes > 6 / 29, cubes**3, (cubes - 4 / 29) * 3 * (6 / 29) ** 2)
    return srgb(XYZ_TO_SRGB @ (ratios * [0.9642, 1, 0.8249]))
