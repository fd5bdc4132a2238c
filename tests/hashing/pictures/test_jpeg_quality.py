"""The quality of a JPEG, read off its tables."""

import pytest

from hashing.pictures.decoding import decode
from hashing.pictures.jpeg_quality import jpeg_quality
from tests.pictures import upload


@pytest.mark.parametrize("quality", [1, 10, 49, 50, 75, 88, 95, 100])
def test_quality_of_a_standard_encoder_is_told_exactly(quality: int) -> None:
    assert decode(upload(1, quality=quality)).jpeg_quality == quality


def test_other_formats_have_none() -> None:
    assert decode(upload(1, format="PNG")).jpeg_quality is None


def test_tables_of_other_encoders_get_the_nearest_quality() -> None:
    assert jpeg_quality({0: [1] * 64}) == 100
    assert jpeg_quality({}) is None
