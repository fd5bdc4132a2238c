"""Stored values: every kind is read as it was written, and any sequence of changes undone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gallery.decisions.changes import Change, ColumnChange, MembershipChange, VerdictChange
from gallery.decisions.picture_pairs import PicturePair
from gallery.decisions.stored_values import applicable, read, write
from gallery.decisions.targets import ALBUM, TAG, ChangeTarget, ImageColumn, Membership
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Album, Image, Tag, Verdict
from tests.gallery.match_rows import add, picture

MOMENT = datetime(2026, 5, 3, 12, tzinfo=UTC)
KINDS = tuple(Verdict.Kind)


def value(kind: str, user: User, *images: Image) -> VerdictValue:
    first, second = images
    return VerdictValue(Verdict.Kind(kind), user.pk, MOMENT, first.pk, second.pk)


def duplicate(pair: PicturePair, user: User) -> Change:
    return VerdictChange(pair.target, None, pair.verdict(Verdict.Kind.DUPLICATE, user))


@pytest.fixture
def pair(db: None) -> list[Image]:
    return add([picture(1), picture(2)])


@pytest.fixture
def copies(db: None) -> list[Image]:
    return add([picture(1, sha256=f"{number}" * 64) for number in range(2)])


class TestColumns:
    def test_read_as_written(self, pair: list[Image]) -> None:
        title = ColumnChange.of(pair[0], "title", "Beach")
        trashed = ColumnChange.of(pair[1], "trashed_at", MOMENT)
        write([title, trashed])
        assert read([title.target, trashed.target]) == {
            title.target: "Beach",
            trashed.target: MOMENT,
        }
        assert Image.objects.get(pk=pair[1].pk).trashed_at == MOMENT

    def test_deleted_picture_has_none(self, pair: list[Image]) -> None:
        assert read([ImageColumn(pair[0].pk + 1000, "title")]) == {}


class TestMemberships:
    @pytest.mark.parametrize(("kind", "model"), [(TAG, Tag), (ALBUM, Album)])
    def test_read_as_written(self, pair: list[Image], kind: str, model: type[Tag | Album]) -> None:
        collection = model.objects.create(name="sea")
        change = MembershipChange.adding(Membership(kind, pair[0].pk, collection.pk))
        assert read([change.target]) == {change.target: False}
        write([change])
        write([change])  # adding twice is adding
        assert read([change.target]) == {change.target: True}
        assert list(collection.images.all()) == pair[:1]
        write([change.inverse])
        assert not collection.images.exists()

    def test_deleted_picture_or_collection_has_none(self, pair: list[Image]) -> None:
        tag = Tag.objects.create(name="sea")
        image = pair[0].pk
        assert read([Membership(TAG, image, tag.pk + 1000), Membership(TAG, 9999, tag.pk)]) == {}


class TestVerdicts:
    def test_read_as_written(self, pair: list[Image], admin: User) -> None:
        ordered = PicturePair.of(*pair, {})
        change = VerdictChange(
            ordered.target, None, value("related", admin, ordered.first, ordered.second)
        )
        assert read([change.target]) == {change.target: None}
        write([change])
        assert read([change.target]) == {change.target: change.after}
        write([change.inverse])
        assert not Verdict.objects.exists()

    def test_copies_of_one_content(self, copies: list[Image], admin: User) -> None:
        ordered = PicturePair.of(*copies, {})
        after = ordered.verdict(Verdict.Kind.RELATED, admin)
        assert ordered.target.copies == tuple(sorted(str(image.public_id) for image in copies))
        write([VerdictChange(ordered.target, None, after)])
        assert read([ordered.target]) == {ordered.target: after}
        row = Verdict.objects.get()
        assert {row.first_file, row.second_file} == {image.sha256 for image in copies}

    def test_deleted_pictures_and_people_are_left_out(self, pair: list[Image], admin: User) -> None:
        target = PicturePair.of(*pair, {}).target
        gone = VerdictValue(Verdict.Kind.RELATED, admin.pk + 1000, MOMENT, pair[0].pk, 9999)
        write([VerdictChange(target, None, gone)])
        assert read([target]) == {target: replace(gone, decided_by=None, second=None)}

    def test_inferred_verdict_gives_way(self, db: None, admin: User) -> None:
        a, b, c = add([picture(number) for number in range(3)])
        pairs = [PicturePair.of(*two, {}) for two in ((a, b), (b, c), (a, c))]
        first, second, third = pairs
        write([duplicate(pair, admin) for pair in (first, second)])
        assert Verdict.objects.get(is_inferred=True).kind == "duplicate"
        assert read([third.target]) == {third.target: None}
        write([VerdictChange(third.target, None, third.verdict(Verdict.Kind.RELATED, admin))])
        assert not Verdict.objects.filter(is_inferred=True).exists()


def test_change_applies_while_its_target_is_as_it_was(pair: list[Image]) -> None:
    titles = [ColumnChange.of(image, "title", "New") for image in pair]
    gone = ColumnChange(ImageColumn(9999, "title"), "", "New")
    Image.objects.filter(pk=pair[1].pk).update(title="By hand")
    assert applicable([*titles, gone]) == titles[:1]


@pytest.mark.slow
class TestAnySequence(TestCase):
    """Whatever is changed, the inverse changes in reverse order restore everything."""

    def setUp(self) -> None:
        self.user = User.objects.create_superuser("root")
        self.images = add([picture(number) for number in range(3)] + [picture(0)])
        self.tags = [Tag.objects.create(name=name) for name in ("sea", "sky")]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), max_size=8))
    def test_is_undone_by_its_inverses(self, steps: Sequence[tuple[int, int, int]]) -> None:
        targets = self.targets()
        before = read(targets)
        made = [self.made(step) for step in steps]
        for change in reversed(made):
            assert applicable([change.inverse]) == [change.inverse]
            write([change.inverse])
        assert read(targets) == before
        assert not Verdict.objects.exists()

    def made(self, step: tuple[int, int, int]) -> Change:
        """Make a change at one of the targets, chosen by numbers."""
        kind, number, other = step
        image = Image.objects.get(pk=self.images[number].pk)
        makers: list[Callable[[], Change]] = [
            lambda: ColumnChange.of(image, "title", f"Title {other}"),
            lambda: ColumnChange.of(image, "trashed_at", None if image.is_trashed else MOMENT),
            lambda: self.membership(image, self.tags[other % 2]),
            lambda: self.verdict(image, self.images[(number + 1 + other % 3) % 4], KINDS[kind % 3]),
        ]
        change = makers[kind % 4]()
        write([change])
        return change

    def membership(self, image: Image, tag: Tag) -> Change:
        target = Membership(TAG, image.pk, tag.pk)
        is_member = tag.images.filter(pk=image.pk).exists()
        return MembershipChange(target, is_member, not is_member)

    def verdict(self, image: Image, other: Image, kind: Verdict.Kind) -> Change:
        pair = PicturePair.of(image, other, {})
        row = Verdict.objects.filter(is_inferred=False)
        known = [VerdictValue.of_row(one) for one in row if self.is_on(one, pair)]
        return VerdictChange(pair.target, *known[:1] or [None], pair.verdict(kind, self.user))

    def is_on(self, row: Verdict, pair: PicturePair) -> bool:
        return type(pair.target).of_row(row) == pair.target

    def targets(self) -> list[ChangeTarget]:
        columns = ("title", "trashed_at")
        pairs = [(a, b) for a in self.images for b in self.images if a.pk < b.pk]
        return [
            *(ImageColumn(image.pk, name) for image in self.images for name in columns),
            *(Membership(TAG, i.pk, tag.pk) for i in self.images for tag in self.tags),
            *(PicturePair.of(a, b, {}).target for a, b in pairs),
        ]
