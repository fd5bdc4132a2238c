"""The same picture among rows: found whatever was done to it, and only where it may be."""

from contextlib import nullcontext

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from PIL import Image, ImageOps

from hashing.exceptions import NoHash
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.matching.matcher import PAGE_DISTANCE
from hashing.model_matching import MatchFields, subject_of
from tests.pictures import encoded, photo
from tests.testapp.models import Matched, Plain

pytestmark = pytest.mark.django_db


def stored(image: Image.Image, name: str = "", **fields: bool) -> Matched:
    file = ContentFile(encoded(image, "PNG"), name=f"{name or 'photo'}.png")
    return Matched.objects.create(name=name, file=file, **fields)


def test_one_save_computes_every_framing_from_one_decode(decoded_files: list[object]) -> None:
    row = stored(ImageOps.expand(photo(1), 30, "white"))
    assert len(decoded_files) == 1
    plain = stored(photo(1))
    assert row.phash_unframed == plain.phash
    assert row.dct256_unframed == plain.dct256
    assert row.phash_uncaptioned is row.dct256_uncaptioned is plain.dct256_unframed is None


def test_new_row_with_its_hashes_is_not_decoded_for_frames_it_has_not(
    decoded_files: list[object],
) -> None:
    row = stored(photo(1))
    # As a form leaves it that assigned a file which is stored already.
    copy = Matched(file=row.file.name, phash=row.phash, dct256=row.dct256)
    copy.save()
    assert len(decoded_files) == 1
    assert Matched.objects.get(pk=copy.pk).dct256 == row.dct256


def test_only_hashes_that_every_picture_has_are_missing() -> None:
    row = stored(photo(1))
    assert not Matched.objects.unhashed()
    Matched.objects.update(dct256=None)
    assert list(Matched.objects.unhashed()) == [row]


def test_matches_come_nearest_first_and_say_how_they_differ() -> None:
    image = photo(1)
    subject = stored(image, "subject")
    mirrored = stored(ImageOps.mirror(image), "mirrored")
    framed = stored(ImageOps.expand(image, 40, "black"), "framed")
    small = stored(image.resize((150, 112)).rotate(90, expand=True), "small")
    stored(photo(2), "other")
    found = {match.name: match for match in Matched.objects.matches_of(subject)}
    assert set(found) == {"mirrored", "framed", "small"}
    assert found["mirrored"] == mirrored
    assert (found["mirrored"].turn, found["mirrored"].framing) == ("mirrored", "whole")
    assert (found["framed"].turn, found["framed"].other_framing) == ("upright", "unframed")
    assert found["framed"].pk == framed.pk
    assert (found["small"].turn, found["small"].pk) == ("left", small.pk)
    distances = [match.distance for match in Matched.objects.matches_of(subject)]
    assert distances == sorted(distances)


def test_matches_compose_with_filters_slices_and_counts() -> None:
    subject, *copies = (stored(photo(1), str(number)) for number in range(4))
    found = Matched.objects.filter(name__in=["1", "3"]).matches_of(subject)
    assert [match.name for match in found] == ["1", "3"]
    assert found.count() == 2
    assert Matched.objects.matches_of(subject).filter(name="2").get() == copies[1]
    assert list(Matched.objects.matches_of(subject)[:1]) == [copies[0]]
    assert not Matched.objects.none().matches_of(subject)
    assert not Matched.objects.filter(name="none").matches_of(subject)


def test_flat_pictures_match_nothing() -> None:
    subject, flat = stored(photo(1)), stored(photo(1), is_informative=False)
    assert not Matched.objects.matches_of(subject)
    assert not Matched.objects.matches_of(flat)


def test_pages_match_by_a_tighter_distance() -> None:
    subject = stored(photo(1))
    bits = 2 ** (PAGE_DISTANCE + 1) - 1
    other = PerceptualHash(subject.dct256.value ^ bits, width=256)
    row = Matched.objects.create(phash=subject.phash, dct256=other)
    assert [match.pk for match in Matched.objects.matches_of(subject)] == [row.pk]
    Matched.objects.filter(pk=row.pk).update(is_page=True)
    assert not Matched.objects.matches_of(subject)


def test_picture_that_was_never_hashed_has_no_matches_to_ask_for() -> None:
    with pytest.raises(NoHash, match="still to be hashed by hash_images --missing"):
        subject_of(Matched.objects.create())


def test_model_without_large_hashes_cannot_be_matched() -> None:
    with pytest.raises(ValueError, match=r"^Plain cannot be matched: it needs six hash"):
        MatchFields.of(Plain)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_transaction", [False, True])
def test_changes_of_any_column_are_seen_at_once(in_transaction: bool) -> None:
    subject, other = stored(photo(1)), stored(photo(2))
    assert not Matched.objects.matches_of(subject)
    with transaction.atomic() if in_transaction else nullcontext():
        hashes = {"phash_unframed": subject.phash, "dct256_unframed": subject.dct256}
        Matched.objects.filter(pk=other.pk).update(**hashes)
        (found,) = Matched.objects.matches_of(subject)
        assert found.other_framing == "unframed"
        Matched.objects.filter(pk=other.pk).update(phash_unframed=None)
        assert not Matched.objects.matches_of(subject)


def test_rows_from_before_are_hashed_by_the_command() -> None:
    row = stored(ImageOps.expand(photo(1), 30, "white"))
    missing = {"dct256": None, "dct256_unframed": None, "phash_unframed": None}
    Matched.objects.update(**missing)
    call_command("hash_images", missing=True, model="testapp.Matched", as_json=True)
    hashed = Matched.objects.get()
    assert all(getattr(hashed, name) == getattr(row, name) for name in missing)
