"""Methods of comparing: one hash, or the sum of several distances."""

import pytest

from gallery.comparing.hash_methods import OFFERED, method, offered
from gallery.models import Image
from hashing.fingerprints.perceptual_hash import PerceptualHash


def test_a_sum_adds_distances_and_bits() -> None:
    both = method("ahash+dhash")
    first, second = (
        Image(ahash=PerceptualHash(value), dhash=PerceptualHash(value)) for value in (0, 0b111)
    )
    similarity = both.similarity_of(first, second)
    assert similarity is not None
    assert (similarity.distance, similarity.width) == (6, 128)
    assert both.label == "Average + difference"


def test_without_one_of_its_hashes_there_is_no_similarity() -> None:
    image = Image(ahash=PerceptualHash(0))
    assert method("ahash+dhash").hashes(image) == []
    assert method("ahash+dhash").similarity_of(image, image) is None


def test_a_hash_named_twice_counts_once() -> None:
    assert method("ahash ahash").name == "ahash"


def test_hashes_are_read_as_they_are_written() -> None:
    parsed = method("ahash+colorhash").parse(f"{'0' * 16} {'0' * 11}")
    assert parsed.hashes.keys() == {"ahash", "colorhash"}
    with pytest.raises(ValueError, match="compares 2 hashes, not 1"):
        method("ahash+colorhash").parse("0" * 16)


def test_unknown_methods_are_refused_by_name(settings: object) -> None:
    with pytest.raises(ValueError, match="“md5” is not a method"):
        method("phash+md5")


def test_forms_offer_the_methods_by_name() -> None:
    assert tuple(one.name for one in offered()) == OFFERED
