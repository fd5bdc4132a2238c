"""Decoding leaves the process of its host as it is, whatever its limits are."""

import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image, UnidentifiedImageError

from hashing.exceptions import Refusal
from hashing.pictures.decoding import FORMATS, DecodeOptions, decode
from hashing.pictures.identification import identified
from tests.pictures import encoded, photo

INSTALLED = """
import warnings
import django
import numpy  # which has filters of its own
from PIL import Image
before = [*warnings.filters], Image.MAX_IMAGE_PIXELS
from django.conf import settings
settings.configure(INSTALLED_APPS=["hashing"])
django.setup()
from hashing.querysets import SimilarityQuerySet
print(before == ([*warnings.filters], Image.MAX_IMAGE_PIXELS))
"""


def test_installed_app_changes_no_limits_and_no_warnings_of_its_host() -> None:
    command = [sys.executable, "-c", INSTALLED]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout == "True\n"


@pytest.mark.parametrize("format", FORMATS)
def test_format_is_told_by_the_content(format: str) -> None:
    image = identified(BytesIO(encoded(photo(1), format)), FORMATS)
    assert (image.format, image.size) == (format, (320, 240))


@pytest.mark.parametrize(
    "data", [b"", b"nothing", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]
)
def test_beginning_alone_is_no_picture(data: bytes) -> None:
    with pytest.raises((UnidentifiedImageError, OSError, ValueError)):
        identified(BytesIO(data), FORMATS)


def test_limits_of_the_host_and_of_other_threads_do_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    large, small = encoded(photo(1, (640, 480))), encoded(photo(2, (64, 48)), "PNG")
    tight = DecodeOptions(max_pixels=64 * 48)

    def outcome(number: int) -> str:
        data, options = (large, small)[number % 2], (None, tight)[number // 2 % 2]
        try:
            return str(decode(BytesIO(data), options).width)
        except Refusal as refusal:
            return refusal.code

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        filters = [*warnings.filters]
        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(outcome, range(200)))
        assert warnings.filters == filters
    assert outcomes == ["640", "64", "too_many_pixels", "64"] * 50
    assert not caught
    assert Image.MAX_IMAGE_PIXELS == 1000
