"""Differences in words."""

import pytest

from gallery.comparing.file_differences import remark, sentence
from gallery.models import Image
from hashing.fingerprints.alignment import Alignment

A = {"sha256": "a", "content_digest": "px1:a", "width": 400, "height": 300, "format": "JPEG",
     "byte_size": 1000}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "identical file"),
        ({"sha256": "b"}, "same pixels"),
        ({"width": 200, "height": 150}, "half the size"),
        ({"width": 800, "height": 600}, "twice the size"),
        ({"width": 300, "height": 225}, "75 % of the size"),
        ({"width": 500, "height": 375}, "enlarged"),
        ({"width": 300, "height": 400}, "rotated"),
        ({"width": 400, "height": 400}, "different proportions"),
        ({"format": "PNG"}, "saved as PNG"),
        ({"byte_size": 600}, "40 % smaller file"),
        ({"byte_size": 1500}, "50 % larger file"),
        ({"byte_size": 1001}, "same dimensions"),
        ({"width": None, "height": None, "byte_size": None}, "same dimensions"),
    ],
)
def test_remark(other: dict, words: str) -> None:
    fresh = {"sha256": "c", "content_digest": "px1:c"} if other and "sha256" not in other else {}
    assert remark(Image(**A), Image(**{**A, **fresh, **other})) == words


B = {"sha256": "b", "content_digest": "px1:b"}
UPRIGHT = ("upright", "whole", "whole")
FRAMED, UNFRAMED = ("upright", "whole", "unframed"), ("upright", "unframed", "whole")


@pytest.mark.parametrize(
    ("other", "seen", "words"),
    [
        ({}, UPRIGHT, "identical file"),
        ({"sha256": "b"}, UPRIGHT, "only metadata differs"),
        ({"sha256": "b", "format": "PNG"}, UPRIGHT, "saved as PNG"),
        ({**B, "width": 200, "height": 150, "jpeg_quality": 75}, ("mirrored", "whole", "whole"),
         "mirrored, half the size, JPEG quality about 75"),
        ({**B, "width": 300, "height": 400}, ("left", "whole", "whole"), "rotated 90° left"),
        ({**B, "width": 440, "height": 340}, FRAMED, "with a border"),
        ({**B, "width": 200, "height": 170}, FRAMED, "with a border, smaller"),
        ({**B, "width": 360, "height": 260}, UNFRAMED, "without the border"),
        ({**B, "width": 360, "height": 270}, UNFRAMED, "cropped"),
        ({**B, "width": 270, "height": 360}, ("left", "unframed", "whole"),
         "rotated 90° left, cropped"),
        (B, ("upright", "unframed", "uncaptioned"), "edited or re-saved"),
        ({**B, "format": "WEBP", "jpeg_quality": None}, UPRIGHT, "saved as WebP"),
        (B, UPRIGHT, "edited or re-saved"),
        ({**B, "width": 400, "height": 400}, UPRIGHT, "different proportions"),
        ({**B, "width": 40, "height": 30}, UPRIGHT, "10 % of the size"),
        ({**B, "width": None}, UPRIGHT, "edited or re-saved"),
    ],
)  # fmt: skip
def test_sentence(other: dict, seen: tuple[str, str, str], words: str) -> None:
    image, changed = Image(**A, jpeg_quality=90), Image(**{**A, "jpeg_quality": 90, **other})
    assert sentence(image, changed, Alignment.of(10, *seen)) == words
