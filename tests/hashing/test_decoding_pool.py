"""Threads that decode: results in order, and memory estimated from the header."""

import io
import time
from collections.abc import Iterator
from typing import Any

from PIL import Image as PillowImage

from hashing.decoding_pool import estimated_bytes, in_threads
from tests.pictures import encoded, photo


def test_results_keep_their_order_and_items_are_not_read_ahead() -> None:
    read = []

    def items() -> Iterator[int]:
        for number in range(20):
            read.append(number)
            yield number

    def late(number: int) -> int:
        time.sleep(0.002 if number % 2 else 0)
        return number

    results = in_threads(late, items(), workers=2)
    assert next(results) == 0
    assert len(read) <= 5
    assert list(results) == list(range(1, 20))


def test_estimate_comes_from_the_header(settings: Any) -> None:
    settings.HASHING = {"DECODE_LONG_SIDE": 0}
    small, large = photo(1, (96, 64)), photo(1, (2048, 1536))

    def estimated(image: PillowImage.Image, format: str = "JPEG", **options: Any) -> float:
        """Return bytes a pixel of the file."""
        file = io.BytesIO(encoded(image, format, **options))
        return estimated_bytes(file) / (image.width * image.height)

    assert estimated(small) == estimated(small, "PNG") == estimated(large, "PNG") == 22
    assert estimated(large) == 22 / 4  # decoded at half its width and height
    assert estimated(large, progressive=True) == 22 / 4 + 6
    assert estimated_bytes(io.BytesIO(b"nothing")) == 0
