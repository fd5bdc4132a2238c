"""
Keypoints: the distinctive places of a picture, each with bits that describe its surroundings.

A part of a picture has the keypoints of that part, wherever it stands in another picture and
however it is turned and scaled there.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.keypoints.corners import select
from hashing.keypoints.descriptors import MIRRORED_BITS, NEGATIVE_BITS, describe
from hashing.keypoints.pyramid import STEP, levels
from hashing.search import Hashes

VERSION = 1
# The most keypoints of a picture.
MOST = 256

_HEADER = struct.Struct("<BHII")  # version, count, width, height
_CHECKSUM = struct.Struct("<I")
_RECORD = np.dtype(
    [
        ("x", "<u2"),
        ("y", "<u2"),
        ("angle", "u1"),
        ("level", "u1"),
        ("hashes", "<u8"),
        ("unsure", "u1", 3),
    ]
)
_SHARE = 65535


@dataclass(frozen=True, eq=False)
class Keypoints:
    """
    Up to a few hundred keypoints of a picture, the most telling first.

    `x` and `y` are shares of 65535 of the width and height, `angle` a share of 256 of a full
    turn (clockwise, from the x axis), `level` the number of the scale, from the finest. `width`
    and `height` are those of the picture at the finest scale, in pixels.
    """

    width: int
    height: int
    x: npt.NDArray[np.uint16]
    y: npt.NDArray[np.uint16]
    angle: npt.NDArray[np.uint8]
    level: npt.NDArray[np.uint8]
    hashes: Hashes
    unsure: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, picture: Image.Image, most: int = MOST) -> Self:
        """
        Return at most `most` keypoints of a decoded picture, in any mode.

        A flat picture has none. The picture should have at least 256 pixels on its long side.
        """
        gray = picture if picture.mode == "L" else picture.convert("L")
        pictures = levels(gray)
        chosen = select(pictures, most)
        described = describe(pictures, chosen)
        sizes = np.array([level.shape for level in pictures]).reshape(-1, 2)[chosen.level]
        x = (chosen.x + 0.5) / sizes[:, 1]
        y = (chosen.y + 0.5) / sizes[:, 0]
        height, width = pictures[0].shape if pictures else gray.size[::-1]
        return cls(
            width,
            height,
            np.rint(x * _SHARE).astype(np.uint16),
            np.rint(y * _SHARE).astype(np.uint16),
            described.angles,
            chosen.level.astype(np.uint8),
            described.hashes,
            described.unsure,
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the keypoints stored as `data`. Raises ValueError if damaged or of old VERSION."""
        if not data or data[0] != VERSION:
            raise ValueError(f"These keypoints are not of version {VERSION}.")
        content, checksum = data[: -_CHECKSUM.size], data[-_CHECKSUM.size :]
        if len(content) < _HEADER.size or _CHECKSUM.pack(zlib.crc32(content)) != checksum:
            raise ValueError("These keypoints are damaged: their checksum is wrong.")
        _, count, width, height = _HEADER.unpack_from(content)
        if len(content) != _HEADER.size + count * _RECORD.itemsize:
            raise ValueError("These keypoints are damaged: their number is wrong.")
        rows = np.frombuffer(content, dtype=_RECORD, offset=_HEADER.size)
        unsure = np.zeros((count, 4), dtype=np.uint8)
        unsure[:, :3] = rows["unsure"]
        return cls(
            width,
            height,
            rows["x"].copy(),
            rows["y"].copy(),
            rows["angle"].copy(),
            rows["level"].copy(),
            rows["hashes"].copy(),
            unsure.view("<u4")[:, 0],
        )

    def to_bytes(self) -> bytes:
        """Return the keypoints as 11 bytes and 17 for each of them."""
        rows = np.empty(len(self), dtype=_RECORD)
        rows["x"], rows["y"], rows["angle"], rows["level"] = self.x, self.y, self.angle, self.level
        rows["hashes"] = self.hashes
        rows["unsure"] = self.unsure.astype("<u4")[:, None].view(np.uint8)[:, :3]
        content = _HEADER.pack(VERSION, len(self), self.width, self.height) + rows.tobytes()
        return content + _CHECKSUM.pack(zlib.crc32(content))

    def __len__(self) -> int:
        return len(self.x)

    def first(self, most: int) -> Self:
        """Return the `most` most telling keypoints."""
        return replace(
            self,
            x=self.x[:most],
            y=self.y[:most],
            angle=self.angle[:most],
            level=self.level[:most],
            hashes=self.hashes[:most],
            unsure=self.unsure[:most],
        )

    def mirrored(self) -> Self:
        """Return the keypoints of the picture with left and right swapped."""
        return replace(
            self,
            x=_SHARE - self.x,
            angle=np.uint8(128) - self.angle,
            hashes=self.hashes ^ MIRRORED_BITS,
        )

    def negative(self) -> Self:
        """Return the keypoints of the picture with light and dark swapped."""
        return replace(
            self,
            angle=self.angle + np.uint8(128),
            hashes=self.hashes ^ NEGATIVE_BITS,
        )

    @property
    def points(self) -> npt.NDArray[np.complex128]:
        """Positions in pixels of the finest scale, x + iy, shape (n,)."""
        across = self.x * (self.width / _SHARE)
        return across + 1j * (self.y * (self.height / _SHARE))

    @property
    def scales(self) -> npt.NDArray[np.float64]:
        """How many pixels of the finest scale a pixel of each keypoint's level is wide."""
        scales: npt.NDArray[np.float64] = STEP ** self.level.astype(np.float64)
        return scales
