"""Broken files of every kind: none raises, none leaves anything half stored."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from gallery.files.renditions import rendition_key, rendition_sizes
from gallery.models import Image
from gallery.uploads.receiving import receive
from tests.pictures import encoded, photo

# Set MUTATIONS=20000 for a long run.
MUTATIONS = int(os.environ.get("MUTATIONS", "300"))


def seeds() -> dict[str, bytes]:
    """Return small files of every format and of odd shapes."""
    picture = photo(1, (48, 36))
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 12:01:02"
    frames = [photo(seed, (24, 18)) for seed in (2, 3)]
    animation = BytesIO()
    frames[0].save(animation, "GIF", save_all=True, append_images=frames[1:])
    return {
        "a.jpg": encoded(picture, exif=exif, comment=b"words"),
        "b.jpg": encoded(picture, progressive=True),
        "c.jpg": encoded(picture.convert("CMYK")),
        "a.png": encoded(picture.convert("RGBA"), "PNG", exif=exif),
        "b.png": encoded(picture.convert("P"), "PNG"),
        "a.gif": animation.getvalue(),
        "a.webp": encoded(picture, "WEBP", exif=exif),
        "b.webp": encoded(picture, "WEBP", lossless=True),
        "a.avif": encoded(picture, "AVIF"),
    }


SEEDS = seeds()


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a file of SEEDS with bits flipped, parts cut, doubled, swapped or spliced in."""
    name = draw(st.sampled_from(sorted(SEEDS)))
    data = bytearray(SEEDS[name])
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        begin = draw(st.integers(0, len(data) - 1))
        end = min(len(data), begin + draw(st.integers(1, 200)))
        match draw(st.sampled_from(["flip", "set", "cut", "end", "double", "splice", "size"])):
            case "flip":
                data[begin] ^= 1 << draw(st.integers(0, 7))
            case "set":
                data[begin:end] = draw(st.binary(min_size=1, max_size=end - begin))
            case "cut":
                del data[begin:end]
            case "end":
                del data[begin:]
            case "double":
                data[begin:begin] = data[begin:end]
            case "splice":
                other = SEEDS[draw(st.sampled_from(sorted(SEEDS)))]
                data[begin:end] = other[begin : begin + draw(st.integers(0, 400))]
            case "size":
                data[begin : begin + 4] = draw(st.integers(0, 2**32 - 1)).to_bytes(4, "big")
    return name, bytes(data)


@pytest.mark.slow
@settings(
    max_examples=MUTATIONS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mutated=mutations())
def test_any_bytes_are_stored_whole_or_refused(
    ann: User, settings: Any, mutated: tuple[str, bytes]
) -> None:
    name, data = mutated
    outcome = receive(SimpleUploadedFile(name, data), ann)
    files = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    if outcome.status == "rejected":
        assert outcome.code
        assert outcome.reason.endswith(".")
        assert (files, Image.objects.count()) == (set(), 0)
        return
    assert outcome.status == "stored"
    image = Image.objects.get()
    keys = [rendition_key(image, size) for size, _ in rendition_sizes(image)]
    assert files == {Path(settings.MEDIA_ROOT, key) for key in (image.file.name, *keys)}
    with image.file.open() as file:
        assert file.read() == data
    image.delete()
    for path in files:
        path.unlink()
