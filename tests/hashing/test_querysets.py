"""The query manager: nearest first, exact, and one more verb of a queryset."""

import random
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import FieldError
from django.db import DatabaseError
from django.test.utils import isolate_apps

from hashing.exceptions import NoHash, NotMigrated
from hashing.fingerprints.fingerprint import fingerprint
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.introspection import migrated
from hashing.querysets import SimilarityQuerySet
from tests.hashing.changes import add, hashed, sql
from tests.hashing.tracked_tables import model_of
from tests.pictures import encoded, photo, upload
from tests.testapp.models import Dated, HashFirst, Plain, PlainChild, PlainProxy, Shelf, Twofold

pytestmark = pytest.mark.django_db

ZERO = PerceptualHash(0)


def distances(found: Any) -> list[tuple[int, int]]:
    return [(row.phash.value, row.distance) for row in found]


def random_rows(number: int, seed: int = 0) -> list[Twofold]:
    """Store rows of which many are near to 0 in both hashes, and some lack one."""
    rng = random.Random(seed)

    def near(width: int) -> PerceptualHash | None:
        bits = rng.sample(range(width), rng.randrange(min(width, 30)))
        return None if rng.random() < 0.1 else PerceptualHash(sum(1 << bit for bit in bits), width)

    rows = [
        Twofold(name=rng.choice("ab"), phash=near(64), colorhash=near(42), cover_hash=near(64))
        for _ in range(number)
    ]
    return Twofold.objects.bulk_create(rows)


def test_nearest_come_first_with_their_distances() -> None:
    add(0b111, 0b1, 0b1111, 0, 0b11, 2**64 - 1)
    found = Plain.objects.similar_to(ZERO, max_distance=3)
    assert distances(found) == [(0, 0), (0b1, 1), (0b11, 2), (0b111, 3)]


def test_equals_come_in_the_order_of_their_keys() -> None:
    rows = add(5, 5, 4, 5)
    assert list(Plain.objects.similar_to(hashed(5))) == [rows[0], rows[1], rows[3], rows[2]]


@pytest.mark.parametrize("max_distance", [0, 1, 2, 63, 64])
def test_max_distance_is_inclusive(max_distance: int) -> None:
    add(*((1 << bits) - 1 for bits in range(65)))
    found = Plain.objects.similar_to(ZERO, max_distance=max_distance)
    assert [row.distance for row in found] == list(range(max_distance + 1))


def test_max_distance_and_algorithm_are_settings_unless_given(settings: Any) -> None:
    add(*((1 << bits) - 1 for bits in range(20)))
    assert len(Plain.objects.similar_to(ZERO)) == 11
    settings.HASHING = {"MAX_DISTANCE": 4}
    assert len(Plain.objects.similar_to(ZERO)) == 5
    settings.HASHING = {"ALGORITHM": "colorhash"}
    Twofold.objects.create(colorhash=PerceptualHash(1, 42))
    assert len(Twofold.objects.similar_to(PerceptualHash(0, 42))) == 1


def test_instance_is_not_among_its_own_results() -> None:
    row, twin, near, _far = add(7, 7, 3, 2**63 - 1)
    assert list(Plain.objects.similar_to(row)) == [twin, near]


@pytest.mark.parametrize("model", [Plain, PlainProxy, PlainChild])
@pytest.mark.parametrize("subject_model", [Plain, PlainProxy, PlainChild])
def test_instance_is_itself_as_proxy_parent_and_child_too(model: Any, subject_model: Any) -> None:
    one, other = (PlainChild.objects.create(phash=hashed(9)) for _ in range(2))
    subject = subject_model._base_manager.get(pk=one.pk)
    assert [row.pk for row in model.objects.similar_to(subject)] == [other.pk]


def test_instance_that_is_not_saved_has_look_alikes() -> None:
    (row,) = add(7)
    assert list(Plain.objects.similar_to(Plain(phash=hashed(7)))) == [row]


def test_instance_of_another_model_has_look_alikes_of_the_same_number() -> None:
    rows = add(7, 7)
    other = HashFirst.objects.create(pk=rows[0].pk, phash=hashed(7))
    assert list(Plain.objects.similar_to(other)) == rows


def test_hash_file_fingerprint_and_instance_find_the_same() -> None:
    row = Twofold.objects.create(file=upload(1))
    Twofold.objects.create(file=upload(2))
    data = encoded(photo(1), quality=60)
    copy = Twofold(phash=fingerprint(BytesIO(data)).hashes["phash"])
    for subject in (copy.phash, BytesIO(data), fingerprint(BytesIO(data)), copy, upload(1)):
        assert list(Twofold.objects.similar_to(subject)) == [row]
    with row.file.open() as file:
        assert list(Twofold.objects.similar_to(file)) == [row]


def test_field_can_be_chosen_and_is_searched_by_its_algorithm() -> None:
    row = Twofold.objects.create(cover=upload(1))
    print_ = fingerprint(upload(1))
    assert list(Twofold.objects.similar_to(print_, by="cover_hash")) == [row]
    assert list(Twofold.objects.similar_to(upload(1), by="cover_hash")) == [row]
    assert list(Twofold.objects.similar_to(print_, by="phash")) == []


@pytest.mark.parametrize("by", ["phash+colorhash", "colorhash+cover_hash", "phash colorhash"])
@pytest.mark.parametrize("max_distance", [0, 5, 20, 40])
def test_sum_of_distances_is_that_of_brute_force(by: str, max_distance: int) -> None:
    rows = random_rows(300)
    names = by.replace(" ", "+").split("+")
    for subject in (row for row in rows[:20] if all(getattr(row, name) for name in names)):
        expected = []
        for row in rows:
            hashes = [getattr(row, name) for name in names]
            if row != subject and None not in hashes:
                total = sum(
                    getattr(subject, name) - hash_
                    for name, hash_ in zip(names, hashes, strict=True)
                )
                if total <= max_distance:
                    expected.append((total, row.pk))
        asked = {"by": by, "max_distance": max_distance}
        found = Twofold.objects.similar_to(subject, **asked)
        assert [(row.distance, row.pk) for row in found] == sorted(expected)
        told = Twofold.objects.distances_to(subject, **asked)
        assert [(distance, pk) for pk, distance in told.items()] == sorted(expected)


def test_field_named_twice_counts_once() -> None:
    row = Twofold.objects.create(phash=hashed(1))
    found = Twofold.objects.similar_to(ZERO, by="phash+phash", max_distance=1)
    assert [(found.pk, found.distance) for found in found] == [(row.pk, 1)]


def test_answer_composes_like_any_queryset() -> None:
    random_rows(200)
    found = Twofold.objects.similar_to(ZERO, max_distance=20)
    expected = [(row.distance, row.pk) for row in found]
    assert len(expected) > 50
    assert found.count() == len(expected)
    assert found.exists()
    assert [(row.distance, row.pk) for row in found[3:9]] == expected[3:9]
    assert (found.first().distance, found.first().pk) == expected[0]
    assert found.filter(distance__lte=5).count() == sum(d <= 5 for d, _ in expected)
    assert list(found.values_list("distance", "pk")) == expected
    named = [pk for _, pk in expected if Twofold.objects.get(pk=pk).name == "a"]
    before = Twofold.objects.filter(name="a").similar_to(ZERO, max_distance=20)
    assert [row.pk for row in found.filter(name="a")] == [row.pk for row in before] == named
    assert found.order_by("-pk").first().pk == max(pk for _, pk in expected)
    assert Twofold.objects.filter(pk__in=found.values("pk")).count() == len(expected)
    assert Twofold.objects.none().similar_to(ZERO).count() == 0


def test_nothing_near_is_an_empty_queryset() -> None:
    add(2**64 - 1)
    found = Plain.objects.similar_to(ZERO)
    assert list(found) == []
    assert found.filter(distance=0).count() == 0
    assert Twofold.objects.similar_to(ZERO).exists() is False


def test_answer_cannot_be_asked_of_a_slice() -> None:
    with pytest.raises(TypeError, match="slice"):
        Plain.objects.all()[:3].similar_to(ZERO)
    with pytest.raises(TypeError, match="slice"):
        Plain.objects.all()[:3].distances_to(ZERO)


def test_distance_belongs_to_answers_only() -> None:
    with pytest.raises(FieldError):
        Plain.objects.filter(distance=0)


def test_only_the_nearest_are_answered_up_to_the_limit(settings: Any) -> None:
    settings.HASHING = {"MAX_RESULTS": 3}
    add(0b111, 0b1, 0b1111, 0, 0b11)
    assert distances(Plain.objects.similar_to(ZERO)) == [(0, 0), (1, 1), (0b11, 2)]


def test_what_a_queryset_leaves_out_takes_nobodys_place(settings: Any) -> None:
    settings.HASHING = {"MAX_RESULTS": 3}
    Plain.objects.bulk_create([Plain(phash=ZERO, name="hidden") for _ in range(10)])
    add(0b1, 0b11, 0b111, 0b1111)
    shown = Plain.objects.exclude(name="hidden")
    assert distances(shown.similar_to(ZERO)) == [(0b1, 1), (0b11, 2), (0b111, 3)]
    assert list(shown.distances_to(ZERO).values()) == [1, 2, 3]
    assert list(Plain.objects.distances_to(ZERO).values()) == [0, 0, 0]
    assert len(Plain.objects.filter(name="hidden").distances_to(ZERO)) == 3


def test_rows_of_a_parent_take_no_childs_place(settings: Any) -> None:
    settings.HASHING = {"MAX_RESULTS": 3}
    add(*[0] * 10)
    child = PlainChild.objects.create(phash=hashed(1))
    assert list(PlainChild.objects.similar_to(ZERO)) == [child]
    assert PlainChild.objects.distances_to(ZERO) == {child.pk: 1}
    assert len(Plain.objects.similar_to(ZERO)) == 3


def test_unhashed_rows_have_a_file_and_lack_a_hash() -> None:
    whole = Twofold.objects.create(file=upload(1), cover=upload(2))
    half = Twofold.objects.create(file=upload(1), cover=upload(2))
    Twofold.objects.create()
    Twofold.objects.filter(pk=half.pk).update(cover_hash=None)
    assert list(Twofold.objects.unhashed()) == [half]
    assert list(Twofold.objects.unhashed("cover")) == [half]
    assert list(Twofold.objects.unhashed("file")) == []
    Twofold.objects.filter(pk=whole.pk).update(phash=None)
    assert set(Twofold.objects.unhashed()) == {whole, half}
    assert list(Twofold.objects.filter(pk__gt=whole.pk).unhashed()) == [half]


@pytest.mark.parametrize("max_distance", [-1, 65, 1000])
def test_max_distance_out_of_range_is_refused(max_distance: int) -> None:
    sentence = rf"^Value for 'max_distance' must be from 0 to 64, not {max_distance}\.$"
    with pytest.raises(ValueError, match=sentence):
        Plain.objects.similar_to(ZERO, max_distance=max_distance)


def test_max_distance_of_a_sum_may_be_the_sum_of_widths() -> None:
    row = Twofold.objects.create(phash=hashed(-1), colorhash=PerceptualHash(2**42 - 1, 42))
    subject = Twofold(phash=ZERO, colorhash=PerceptualHash(0, 42))
    found = Twofold.objects.similar_to(subject, by="phash+colorhash", max_distance=106)
    assert [(other, other.distance) for other in found] == [(row, 106)]
    with pytest.raises(ValueError, match="from 0 to 106, not 107"):
        Twofold.objects.similar_to(subject, by="phash+colorhash", max_distance=107)


@pytest.mark.parametrize("max_distance", ["10", 3.0, True, [1]])
def test_max_distance_that_is_no_whole_number_is_refused(max_distance: Any) -> None:
    with pytest.raises(ValueError, match=r"^Value for 'max_distance' must be a whole number, not "):
        Plain.objects.similar_to(ZERO, max_distance=max_distance)


@pytest.mark.parametrize("by", ["md5", "phash+md5", "file", "+"])
def test_unknown_field_is_refused_with_the_fields_there_are(by: str) -> None:
    sentence = (
        r"^Value for 'by' must be one of: 'phash', 'colorhash', 'cover_hash', "
        r"or several joined by '\+', not '(md5|file|)'\.$"
    )
    with pytest.raises(ValueError, match=sentence):
        Twofold.objects.similar_to(ZERO, by=by)


def test_subject_without_a_hash_is_refused() -> None:
    with pytest.raises(NoHash, match="has no hash to compare: its file could not be decoded"):
        Plain.objects.similar_to(Plain.objects.create())
    with pytest.raises(NoHash, match="has no hash to compare"):
        Twofold.objects.similar_to(Plain(phash=ZERO), by="colorhash")
    print_ = fingerprint(upload(1), ["phash"])
    with pytest.raises(NoHash, match=r"^The fingerprint has no hash made by 'dhash'\.$"):
        Twofold.objects.similar_to(print_, by="cover_hash")


@pytest.mark.django_db(transaction=True)
def test_warm_search_takes_two_queries(django_assert_num_queries: Any, settings: Any) -> None:
    (row, *_) = add(*range(50))
    list(Plain.objects.similar_to(row))
    with django_assert_num_queries(2):
        assert len(Plain.objects.similar_to(row)[:12]) == 12
    with django_assert_num_queries(2):
        assert len(Plain.objects.filter(name="").similar_to(ZERO)) == 50
    settings.HASHING = {"MAX_RESULTS": 10}
    with django_assert_num_queries(2):  # of which the index asks one
        assert len(Plain.objects.filter(name="").distances_to(ZERO)) == 10


def test_search_is_explained(way: str) -> None:
    add(*range(40), *range(30))
    (plan,) = Plain.objects.explain_similar_to(ZERO, max_distance=1)
    assert (plan.by, plan.max_distance, plan.rows, plan.distinct) == ("phash", 1, 70, 40)
    assert plan.way
    assert way == "bands" or plan.candidates <= plan.distinct
    assert plan.cursor
    assert str(plan) == (
        f"phash within 1 bits: {plan.way}, {plan.nodes} nodes, {plan.candidates} candidates of "
        f"40 distinct hashes, 70 rows, log at {plan.cursor.seq}"
    )


def test_each_part_of_a_sum_has_a_plan() -> None:
    row = random_rows(30)[0]
    row.phash, row.colorhash = ZERO, PerceptualHash(0, 42)
    plans = Twofold.objects.explain_similar_to(row, by="phash+colorhash", max_distance=20)
    assert [(plan.by, plan.max_distance) for plan in plans] == [("phash", 20), ("colorhash", 20)]


def test_what_cannot_be_asked_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="max_distance"):
        Plain.objects.explain_similar_to(ZERO, max_distance=65)
    with pytest.raises(NoHash):
        Plain.objects.explain_similar_to(Plain())


def test_only_hash_field_is_compared_whatever_its_name() -> None:
    near, far = (
        Dated.objects.create(day=date(2026, 1, day), fingerprint=PerceptualHash(value))
        for day, value in ((1, 1), (2, 2**64 - 1))
    )
    assert list(Dated.objects.similar_to(ZERO)) == [near]
    assert list(Dated.objects.similar_to(far, max_distance=64)) == [near]


def test_model_without_small_hashes_says_so() -> None:
    with pytest.raises(ValueError, match=r"^Shelf has no hash field that can be compared\."):
        SimilarityQuerySet(Shelf).similar_to(ZERO)


@pytest.mark.django_db(transaction=True)
def test_search_can_be_awaited() -> None:
    row, twin = add(7, 7)

    async def found() -> list[Plain]:
        return [other async for other in await Plain.objects.asimilar_to(row, max_distance=0)]

    assert async_to_sync(found)() == [twin]


@pytest.mark.django_db(transaction=True)
@isolate_apps("tests.testapp")
def test_search_before_migrate_says_that_it_is_to_be_run() -> None:
    model = model_of("not_there_yet")
    with pytest.raises(NotMigrated, match=r"Run: manage\.py migrate --database default$"):
        model.objects.similar_to(ZERO)
    sql("ALTER TABLE hashing_hashchange RENAME TO elsewhere")
    try:
        with pytest.raises(NotMigrated, match=r"^testapp\.Plain cannot be searched yet "):
            Plain.objects.similar_to(ZERO)
    finally:
        sql("ALTER TABLE elsewhere RENAME TO hashing_hashchange")


@pytest.mark.django_db(transaction=True)
def test_other_errors_of_the_database_are_not_about_migrations() -> None:
    with pytest.raises(DatabaseError), migrated(Plain, "default"):
        sql("SELECT nonsense nonsense nonsense")
