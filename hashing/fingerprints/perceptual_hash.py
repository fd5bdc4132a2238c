"""The value that everything here compares: a perceptual hash."""

from __future__ import annotations

from dataclasses import dataclass
from string import hexdigits
from typing import Self


@dataclass(frozen=True, slots=True)
class PerceptualHash:
    """
    A perceptual hash of `width` bits, the first bit being the most significant one.

    Two hashes subtract to their Hamming distance, the number of bits that differ:

    >>> a = PerceptualHash.from_hex("81d07fffe0611a85")
    >>> a - PerceptualHash.from_hex("87d03e7ee0259e85")
    10
    >>> PerceptualHash.from_hex("f0") == PerceptualHash.from_bits("11110000")
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
        """Read hex digits; without `width` every digit stands for four bits."""
        # int() alone would also take "0x1f", "-1f", "1_f" and spaces.
        if not text or set(text) - set(hexdigits):
            raise ValueError(f"A hash in hex has digits 0-9 and a-f only, not {text!r}.")
        if width is not None and len(text) != hex_digits(width):
            raise ValueError(
                f"A hash of {width} bits has {hex_digits(width)} hex digits, not {len(text)}."
            )
        return cls(int(text, 16), width or 4 * len(text))

    @classmethod
    def from_bits(cls, text: str) -> Self:
        """Read a string of the digits 0 and 1, one a bit."""
        if not text or set(text) - {"0", "1"}:
            raise ValueError(f"A hash in bits has digits 0 and 1 only, not {text!r}.")
        return cls(int(text, 2), len(text))

    @classmethod
    def from_signed(cls, number: int, width: int = 64) -> Self:
        """Read the two's complement that a signed database column holds."""
        return cls(number % (1 << width), width)

    @classmethod
    def from_bytes(cls, data: bytes, width: int | None = None) -> Self:
        """Read bytes, the first one holding the first bits; without `width` all of their bits."""
        return cls(int.from_bytes(data, "big"), width or 8 * len(data))

    @classmethod
    def parse(cls, text: str, width: int = 64) -> Self:
        """Read a hash of `width` bits from either hex or bits, told apart by their length."""
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
        return f"{self.value:0{hex_digits(self.width)}x}"

    @property
    def bits(self) -> str:
        return f"{self.value:0{self.width}b}"

    @property
    def signed(self) -> int:
        """The same bits as a signed integer of 64 bits, as BIGINT columns hold it."""
        return self.value - (1 << 64) if self.value >= 1 << 63 else self.value

    def __sub__(self, other: object) -> int:
        if not isinstance(other, PerceptualHash):
            return NotImplemented
        if self.width != other.width:
            raise ValueError(f"Hashes of {self.width} and {other.width} bits have no distance.")
        return (self.value ^ other.value).bit_count()

    def __int__(self) -> int:
        return self.value

    def __bytes__(self) -> bytes:
        return self.value.to_bytes(-(-self.width // 8), "big")

    def __str__(self) -> str:
        return self.hex


def hex_digits(width: int) -> int:
    """How many hex digits hold `width` bits."""
    return -(-width // 4)
