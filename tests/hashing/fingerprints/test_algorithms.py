"""The algorithms: equal to ImageHash, and to what was published and stored before."""

import csv
from dataclasses import replace
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image

from hashing.fingerprints.algorithms import ALGORITHMS, algorithm, difference_steps
from hashing.pictures.decoding import DecodeOptions, Picture, decode
from tests.hashing.decoded import picture_of
from tests.pictures import photo

# ImageHash's function for each algorithm here.
FUNCTIONS = {
    "phash": imagehash.phash,
    "dhash": imagehash.dhash,
    "ahash": imagehash.average_hash,
    "whash": imagehash.whash,
    "colorhash": imagehash.colorhash,
}
REFERENCE_COLUMNS = {
    "average_hash": "ahash",
    "dhash": "dhash",
    "phash": "phash",
    "whash_haar": "whash",
    "colorhash": "colorhash",
}
UPSTREAM_NAMES = {**{name: name for name in FUNCTIONS}, "average_hash": "ahash"}


def exact(path: Path) -> Picture:
    with path.open("rb") as file:
        return decode(file, DecodeOptions(short_side=None))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("size", [(320, 240), (37, 211), (9, 9), (1, 1)], ids=str)
def test_hash_equals_imagehash_from_the_same_pixels(name: str, size: tuple[int, int]) -> None:
    image = photo(4, size) if min(size) > 1 else Image.new("RGB", size, (200, 30, 30))
    ours = ALGORITHMS[name](picture_of(image))
    assert str(ours) == str(FUNCTIONS[name](image))
    assert ours.width == ALGORITHMS[name].width == FUNCTIONS[name](image).hash.size


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phash", "a54a2b3535d2daca"),
        ("dhash", "fefff9fefeffffff"),
        ("ahash", "070f1f0f0707070f"),
        ("whash", "0f0f1f0f0f070f0f"),
        ("colorhash", "00000000080"),
    ],
)
def test_hash_of_a_drawn_picture_stays_what_it_was(name: str, value: str) -> None:
    # Stored hashes are compared with new ones for years. If this fails, raise the version.
    y, x = np.mgrid[:256, :256]
    rings = ((y - 200) ** 2 + (x - 90) ** 2) // 97 % 256
    image = Image.fromarray(np.dstack([rings, x, y]).astype(np.uint8))
    assert str(ALGORITHMS[name](picture_of(image))) == value


def test_colours_of_a_reduced_picture_are_those_of_its_pixels() -> None:
    # Means of neighbours would be olive, which is neither red nor green.
    grain = np.random.default_rng(1).random((1024, 1024, 1)) < 0.5
    pixels = np.where(grain, (220, 20, 20), (20, 220, 20)).astype(np.uint8)
    whole = picture_of(Image.fromarray(pixels))
    reduced = replace(whole, width=2048, height=2048)
    assert reduced.is_reduced
    assert ALGORITHMS["colorhash"](reduced) - ALGORITHMS["colorhash"](whole) <= 2


def test_difference_hash_is_the_steps_that_it_is_explained_by() -> None:
    picture = picture_of(photo(5))
    gray, darker = difference_steps(picture)
    assert gray.shape == (8, 9)
    assert darker.shape == (8, 8)
    bits = "".join("1" if bit else "0" for bit in darker.ravel())
    assert bits == ALGORITHMS["dhash"](picture).bits


def test_unknown_algorithm_is_refused_with_the_names_there_are() -> None:
    sentence = (
        r"^Value for 'algorithm' must be one of: "
        r"'phash', 'dhash', 'ahash', 'whash', 'colorhash', 'dct256', not 'md5'\.$"
    )
    with pytest.raises(ValueError, match=sentence):
        algorithm("md5")


def test_reference_hashes_of_photographs_are_reproduced(corpus: Path) -> None:
    wrong = []
    compared = 0
    for row in rows(corpus / "hashes_reference.csv"):
        picture = exact(corpus / row["file"])
        for column, name in REFERENCE_COLUMNS.items():
            if row[column]:
                compared += 1
                if str(ALGORITHMS[name](picture)) != row[column]:
                    wrong.append((row["file"], name))
    assert not wrong
    assert compared > 1500


def test_hashes_printed_upstream_are_reproduced(corpus: Path) -> None:
    printed = [
        row for row in rows(corpus / "expected_upstream.csv") if row["algorithm"] in UPSTREAM_NAMES
    ]
    for row in printed:
        name = UPSTREAM_NAMES[row["algorithm"]]
        assert str(ALGORITHMS[name](exact(corpus / row["file"]))) == row["value"], row
    assert len(printed) == 5
