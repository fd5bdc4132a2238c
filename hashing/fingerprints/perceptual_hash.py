"""The value that is stored and compared: a perceptual hash."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from string import hexdigits
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

BitArray = npt.NDArray[np.bool_]


class HashOfBits(Protocol):
    """What `from_imagehash` needs of an ImageHash."""

    @property
    def hash(self) -> npt.NDArray[np.generic]:
        """The bits, as an array of booleans of any shape."""


@dataclass(frozen=True, slots=True)
class PerceptualHash:
    """
    A perceptual hash of `width` bits; the first bit is the most significant one of `value`.

    The difference of two hashes is their Hamming distance, the number of bits that differ, and
    `^` gives the hash of those bits:

    >>> a = PerceptualHash.from_hex("81d07fffe0611a85")
    >>> b = PerceptualHash.from_hex("87d03e7ee0259e85")
    >>> a - b, (a ^ b).hex
    (10, '0600418100448400')
    >>> PerceptualHash.from_hex("f0") == PerceptualHash.from_bits("11110000")
    True

    It prints as hex digits, which are also its form in JSON, where integers above 2**53 would not
    be safe:

    >>> import json
    >>> text = json.dumps({"phash": a.hex})
    >>> PerceptualHash.from_hex(json.loads(text)["phash"]) == a
    True
    >>> print(PerceptualHash(7, width=42))
    00000000007
    """

    value: int
    width: int = 64

    def __post_init__(self) -> None:
        if not 0 <= self.value < 1 << self.width:
            raise ValueError(f"value must be from 0 to 2**{self.width} - 1, not {self.value}.")

    @classmethod
    def from_hex(cls, text: str, width: int | None = None) -> Self:
        """
        Return the hash of these hex digits; without `width`, every digit stands for four bits.

        Raises ValueError for other characters, or another number of digits than `width` needs.
        """
        # int() alone would accept "0x1f", "-1f", "1_f" and spaces too.
        if not text or set(text) - set(hexdigits):
            raise ValueError(f"A hash in hex has digits 0-9 and a-f only, not {text!r}.")
        if width is not None and len(text) != hex_digits(width):
            raise ValueError(
                f"A hash of {width} bits has {hex_digits(width)} hex digits, not {len(text)}."
            )
        return cls(int(text, 16), width or 4 * len(text))

    @classmethod
    def from_bits(cls, text: str) -> Self:
        """Return the hash of a string of the digits 0 and 1, one per bit."""
        if not text or set(text) - {"0", "1"}:
            raise ValueError(f"A hash in bits has digits 0 and 1 only, not {text!r}.")
        return cls(int(text, 2), len(text))

    @classmethod
    def from_array(cls, bits: BitArray) -> Self:
        """
        Return the hash of an array of booleans of any shape, read row by row.

        Raises ValueError for an empty array, or one of another type.

        >>> PerceptualHash.from_array(np.eye(8, dtype=bool)).hex
        '8040201008040201'
        """
        if bits.dtype != np.bool_ or not bits.size:
            raise ValueError(
                f"A hash is made of booleans, at least one, not {bits.size} of {bits.dtype}."
            )
        padded = np.concatenate([np.zeros(-bits.size % 8, dtype=np.bool_), bits.ravel()])
        return cls(int.from_bytes(np.packbits(padded).tobytes(), "big"), bits.size)

    @classmethod
    def from_imagehash(cls, hash_: HashOfBits) -> Self:
        """Return the same hash as an ImageHash of the package of that name."""
        return cls.from_array(np.asarray(hash_.hash, dtype=np.bool_))

    @classmethod
    def from_signed(cls, number: int, width: int = 64) -> Self:
        """Return the hash that a signed database column holds in two's complement."""
        return cls(number % (1 << width), width)

    @classmethod
    def from_bytes(cls, data: bytes, width: int | None = None) -> Self:
        """Return the hash of these bytes, first bits first; without `width`, of all their bits."""
        return cls(int.from_bytes(data, "big"), width or 8 * len(data))

    @classmethod
    def parse(cls, text: str, width: int = 64) -> Self:
        """Return the hash of `width` bits in either hex or bits, told apart by their length."""
        text = text.strip().lower()
        if len(text) == width and width > hex_digits(width):
            return cls.from_bits(text)
        if len(text) == hex_digits(width):
            return cls.from_hex(text, width)
        raise ValueError(
            f"A hash of {width} bits has {hex_digits(width)} hex digits or {width} digits "
            f"0 and 1; {text[:80]!r} has {len(text)} characters."
        )

    @property
    def hex(self) -> str:
        """The hash in lower-case hex digits, with leading zeros."""
        return f"{self.value:0{hex_digits(self.width)}x}"

    @property
    def bits(self) -> str:
        """The hash in digits 0 and 1, one per bit."""
        return f"{self.value:0{self.width}b}"

    @property
    def signed(self) -> int:
        """The bits of a 64-bit hash as a signed integer, as a BIGINT column holds them."""
        return self.value - (1 << 64) if self.value >= 1 << 63 else self.value

    @property
    def square(self) -> BitArray:
        """
        The bits row by row as a square array of booleans: shape (8, 8) for 64 bits.

        Raises ValueError if the width is not a square number.
        """
        side = isqrt(self.width)
        if side**2 != self.width:
            raise ValueError(f"A hash of {self.width} bits cannot be laid out as a square.")
        bits = np.unpackbits(np.frombuffer(bytes(self), dtype=np.uint8))
        return bits[-self.width :].astype(np.bool_).reshape(side, side)

    def __sub__(self, other: object) -> int:
        if not isinstance(other, PerceptualHash):
            return NotImplemented
        self._check_width(other)
        return (self.value ^ other.value).bit_count()

    def __xor__(self, other: object) -> PerceptualHash:
        if not isinstance(other, PerceptualHash):
            return NotImplemented
        self._check_width(other)
        return PerceptualHash(self.value ^ other.value, self.width)

    def _check_width(self, other: PerceptualHash) -> None:
        if self.width != other.width:
            raise ValueError(f"Hashes of {self.width} and {other.width} bits have no distance.")

    def __int__(self) -> int:
        return self.value

    def __bytes__(self) -> bytes:
        return self.value.to_bytes(-(-self.width // 8), "big")

    def __str__(self) -> str:
        return self.hex


def hex_digits(width: int) -> int:
    """Return how many hex digits hold `width` bits."""
    return -(-width // 4)
