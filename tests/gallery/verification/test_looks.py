"""Pairs are looked at in their order, also if one of the pictures is not stored."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ImageDraw

from gallery.models import Image
from gallery.verification.looks import CandidatePair, look_at
from hashing.fingerprints import Alignment
from hashing.pictures import Preview
from hashing.verification import Kind
from tests.gallery.match_rows import add, picture
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]
ALIGNMENT = Alignment(0)


def test_a_copy_an_altered_picture_and_another_one(add_image: AddImage) -> None:
    patched = photo(1)
    ImageDraw.Draw(patched).rectangle((40, 30, 130, 110), fill="white")
    first, copy, other = add_image(1), add_image(upload(1, quality=50)), add_image(2)
    altered = add_image(SimpleUploadedFile("patched.jpg", encoded(patched)))
    pairs = [CandidatePair(first, image, ALIGNMENT) for image in (copy, altered, other)]
    looks = list(look_at(pairs))
    assert [pair for pair, _ in looks] == pairs
    assert [seen.kind for _, seen in looks] == [Kind.COPY, Kind.ALTERED, Kind.DIFFERENT]
    # The rectangle that was painted over, in shares of the sides.
    assert looks[1][1].boxes[0].second == pytest.approx((0.125, 0.125, 0.41, 0.46), abs=0.08)


def test_seen_in_the_order_of_digests(add_image: AddImage) -> None:
    first, second = add_image(1), add_image(upload(1, quality=50))
    pairs = [
        CandidatePair(*pair, ALIGNMENT).in_order for pair in ((first, second), (second, first))
    ]
    assert pairs[0] == pairs[1]
    assert pairs[0].contents == (pairs[0].first.content_digest, pairs[0].second.content_digest)


def test_a_picture_that_is_not_stored(add_image: AddImage) -> None:
    stored = add_image(1)
    pair = CandidatePair(Image(), stored, ALIGNMENT)
    ((_, seen),) = look_at([pair], Preview.of(photo(1)))
    assert seen.kind == Kind.COPY


def test_a_picture_without_a_file_is_left_out(add_image: AddImage) -> None:
    (lost,) = add([picture(1, phash=None)])
    assert list(look_at([CandidatePair(add_image(1), lost, ALIGNMENT)])) == []


def test_an_animation_is_not_its_first_frame(add_image: AddImage) -> None:
    still, buffer = photo(1), BytesIO()
    still.save(buffer, "WEBP", save_all=True, append_images=[photo(2)], lossless=True)
    animation = add_image(SimpleUploadedFile("moving.webp", buffer.getvalue()))
    image = add_image(SimpleUploadedFile("still.png", encoded(still, "PNG")))
    ((_, seen),) = look_at([CandidatePair(image, animation, ALIGNMENT)])
    assert seen.kind == Kind.DIFFERENT
