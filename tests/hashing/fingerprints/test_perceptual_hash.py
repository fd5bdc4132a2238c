"""The value: parsing, printing, comparing, subtracting."""

import json
import pickle

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hashing.fingerprints.perceptual_hash import PerceptualHash, hex_digits

WORDS = st.integers(0, 2**64 - 1)
HASHES = st.integers(1, 300).flatmap(
    lambda width: st.builds(PerceptualHash, st.integers(0, 2**width - 1), st.just(width))
)
ARRAYS = arrays.arrays(bool, arrays.array_shapes(max_dims=2, max_side=20))


@pytest.mark.parametrize("other", ["87d03e7ee0259e85", "c1967e7ee0211e8d"])
def test_published_hex_hashes_are_ten_bits_apart(other: str) -> None:
    published = PerceptualHash.from_hex("81d07fffe0611a85")
    assert published - PerceptualHash.from_hex(other) == 10
    assert PerceptualHash.from_hex(other) - published == 10


@pytest.mark.parametrize(
    ("other", "distance"),
    [
        ("0000111000001110000011100000111000101110000011100001111000111110", 7),
        ("0000000001111100111111001111100011111000111110000111110000000000", 36),
    ],
)
def test_published_bit_strings_are_as_far_apart_as_printed(other: str, distance: int) -> None:
    published = "0000111000011110001111100001111000000110000011100000111000111110"
    assert PerceptualHash.from_bits(published) - PerceptualHash.from_bits(other) == distance
    assert PerceptualHash.parse(published) - PerceptualHash.parse(other) == distance


@given(WORDS)
def test_hex_and_bits_parse_alike(value: int) -> None:
    hash_ = PerceptualHash(value)
    assert PerceptualHash.parse(hash_.hex) == PerceptualHash.parse(hash_.bits) == hash_
    assert PerceptualHash.from_hex(hash_.hex) == PerceptualHash.from_bits(hash_.bits) == hash_
    assert PerceptualHash.parse(f" {hash_.hex.upper()}\n") == hash_


@given(WORDS, st.integers(1, 64))
def test_every_width_survives_text_and_back(value: int, width: int) -> None:
    hash_ = PerceptualHash(value % 2**width, width)
    assert len(hash_.hex) == hex_digits(width)
    assert len(hash_.bits) == width
    assert PerceptualHash.parse(hash_.hex, width) == hash_
    assert PerceptualHash.from_bits(hash_.bits) == hash_


@given(WORDS)
def test_signed_numbers_fit_a_bigint_and_come_back(value: int) -> None:
    signed = PerceptualHash(value).signed
    assert -(2**63) <= signed < 2**63
    assert PerceptualHash.from_signed(signed) == PerceptualHash(value)


@given(WORDS, WORDS, WORDS)
def test_distance_is_a_metric(a: int, b: int, c: int) -> None:
    x, y, z = PerceptualHash(a), PerceptualHash(b), PerceptualHash(c)
    assert type(x - y) is int
    assert x - y == y - x == bin(a ^ b).count("1")
    assert (x - y == 0) == (x == y)
    assert x - z <= (x - y) + (y - z)


def test_first_bit_is_the_most_significant() -> None:
    assert PerceptualHash.from_bits("1" + "0" * 63).hex == "8000000000000000"
    assert PerceptualHash.from_hex("8000000000000000").signed == -(2**63)
    assert int(PerceptualHash.from_hex("0f")) == 15


def test_hash_is_a_value() -> None:
    a, b = PerceptualHash(5), PerceptualHash(5)
    assert a == b
    assert len({a, b, PerceptualHash(6)}) == 2
    assert pickle.loads(pickle.dumps(a)) == a
    assert str(a) == f"{a}" == "0000000000000005"
    with pytest.raises(AttributeError):
        a.value = 6  # type: ignore[misc] # that it cannot be set is what is tested


def test_other_things_are_neither_equal_nor_subtractable() -> None:
    hash_ = PerceptualHash(5)
    assert hash_ != 5
    assert hash_ != None  # noqa: E711 (the comparison itself is tested)
    assert hash_ != PerceptualHash(5, width=42)
    with pytest.raises(TypeError):
        hash_ - 5  # type: ignore[operator] # as above


def test_hashes_of_other_widths_have_no_distance() -> None:
    with pytest.raises(ValueError, match=r"^Hashes of 64 and 42 bits have no distance\.$"):
        PerceptualHash(0) - PerceptualHash(0, width=42)


@pytest.mark.parametrize("value", [-1, 2**64])
def test_value_out_of_range_is_refused(value: int) -> None:
    sentence = rf"^value must be from 0 to 2\*\*64 - 1, not {value}\.$"
    with pytest.raises(ValueError, match=sentence):
        PerceptualHash(value)


@pytest.mark.parametrize("text", ["", "0x1f", "-1f", "1_f", " 1f", "xyz", "١٢", "f.0"])
def test_text_that_is_no_hex_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^A hash in hex has digits 0-9 and a-f only, not "):
        PerceptualHash.from_hex(text)


@pytest.mark.parametrize("text", ["", "012", "0b1", " 01"])
def test_text_that_is_no_bits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^A hash in bits has digits 0 and 1 only, not "):
        PerceptualHash.from_bits(text)


def test_hex_of_another_length_than_the_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^A hash of 64 bits has 16 hex digits, not 3\.$"):
        PerceptualHash.from_hex("abc", width=64)


def test_text_of_no_known_length_names_both_lengths() -> None:
    sentence = (
        r"^A hash of 64 bits has 16 hex digits or 64 digits 0 and 1; 'abc' has 3 characters\.$"
    )
    with pytest.raises(ValueError, match=sentence):
        PerceptualHash.parse("abc")


def test_hex_with_more_bits_than_the_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^value must be from 0 to 2\*\*42 - 1"):
        PerceptualHash.parse("f" * 11, width=42)


@given(HASHES)
def test_bytes_hold_all_bits_the_first_ones_first(hash_: PerceptualHash) -> None:
    assert PerceptualHash.from_bytes(bytes(hash_), hash_.width) == hash_
    assert bytes(PerceptualHash(1, width=16)) == b"\x00\x01"
    assert PerceptualHash.from_bytes(b"\x00\x01") == PerceptualHash(1, width=16)


@given(HASHES)
def test_json_keeps_a_hash_as_its_hex_digits(hash_: PerceptualHash) -> None:
    stored = json.loads(json.dumps({"hash": hash_}, default=str))
    assert stored == {"hash": hash_.hex}
    assert PerceptualHash.from_hex(stored["hash"], hash_.width) == hash_


@given(ARRAYS)
def test_array_is_read_row_by_row(bits: np.ndarray) -> None:
    digits = "".join("1" if bit else "0" for bit in bits.ravel().tolist())
    assert PerceptualHash.from_array(bits) == PerceptualHash.from_bits(digits)


@given(st.integers(1, 17).flatmap(lambda side: arrays.arrays(bool, (side, side))))
def test_square_is_the_array_that_a_hash_is_made_of(bits: np.ndarray) -> None:
    square = PerceptualHash.from_array(bits).square
    assert square.dtype == bool
    assert np.array_equal(square, bits)


@given(ARRAYS)
def test_imagehash_is_the_same_hash(bits: np.ndarray) -> None:
    theirs = imagehash.ImageHash(bits)
    assert PerceptualHash.from_imagehash(theirs) == PerceptualHash.from_array(bits)
    assert PerceptualHash.from_imagehash(theirs).hex == str(theirs)


@pytest.mark.parametrize("bits", [np.zeros(0, bool), np.zeros(64, int), np.array(["0", "1"])])
def test_array_of_anything_but_booleans_is_refused(bits: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"^A hash is made of booleans, at least one, not "):
        PerceptualHash.from_array(bits)


def test_hash_of_another_width_has_no_square() -> None:
    with pytest.raises(ValueError, match=r"^A hash of 42 bits cannot be laid out as a square\.$"):
        _ = PerceptualHash(0, width=42).square


@given(WORDS, WORDS)
def test_bits_that_differ_are_those_that_the_distance_counts(a: int, b: int) -> None:
    x, y = PerceptualHash(a), PerceptualHash(b)
    differing = x ^ y
    assert differing == y ^ x == PerceptualHash(a ^ b)
    assert differing.bits.count("1") == x - y
    assert differing ^ y == x
    assert np.array_equal(differing.square, x.square != y.square)


def test_bits_of_other_widths_and_other_things_are_not_compared() -> None:
    with pytest.raises(ValueError, match=r"^Hashes of 64 and 42 bits have no distance\.$"):
        PerceptualHash(0) ^ PerceptualHash(0, width=42)
    with pytest.raises(TypeError):
        PerceptualHash(0) ^ 5  # type: ignore[operator] # that it fails is what is tested
