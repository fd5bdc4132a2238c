"""The same picture in other files, for those who may see it."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as PillowImage
from PIL import ImageOps

from gallery.comparing.comparisons import Comparison
from gallery.comparing.file_differences import remark
from gallery.matching import follower
from gallery.matching.alignments import alignments
from gallery.models import Image, LogPosition, Match, PendingMatch
from gallery.similar.same_pictures import same_at_once, same_pictures
from gallery.worker import finish
from hashing.matching import SECOND
from tests.gallery.match_rows import add, picture
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]


def file_of(image: PillowImage.Image, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded(image, quality=80))


def said(image: Image, viewer: User | AnonymousUser) -> list[str]:
    return [same.sentence for same in same_pictures(image, viewer)]


def test_how_it_was_dressed_is_said_from_both_sides(add_image: AddImage, ann: User) -> None:
    original = add_image(upload(1, quality=80))
    turned = add_image(file_of(photo(1).transpose(PillowImage.Transpose.ROTATE_90), "turned.jpg"))
    framed = add_image(file_of(ImageOps.expand(photo(1), 24, "white"), "framed.jpg"))
    follower.finish()
    assert set(said(original, ann)) == {"rotated 90° left", "with a border or caption"}
    assert "rotated 90° right" in said(turned, ann)
    assert "without the border or caption" in said(framed, ann)
    both = (original.content_digest, turned.content_digest)
    stored = alignments([original, turned])
    assert (stored[both].turn, stored[both[::-1]].turn) == ("left", "right")


def test_copies_see_what_the_one_sees_that_stands_for_them(admin: User) -> None:
    first, second, other = add([picture(1), picture(1), picture(1, 1)])
    follower.finish()
    assert [same.image for same in same_pictures(second, admin)] == [first, other]
    assert [same.alignment.distance for same in same_pictures(other, admin)] == [8, 8]


@pytest.mark.parametrize(
    ("later", "precision"),
    [(timedelta(seconds=2), SECOND), (timedelta(milliseconds=30), SECOND // 100)],
)
def test_another_moment_is_another_picture(
    add_image: AddImage, ann: User, later: timedelta, precision: int
) -> None:
    first, second = add_image(upload(1, quality=80)), add_image(upload(1, quality=40))
    taken = timezone.now().replace(microsecond=0)
    Image.objects.update(taken_at_precision=precision)
    Image.objects.filter(pk=first.pk).update(taken_at=taken)
    follower.finish()
    assert [same.image for same in same_pictures(first, ann)] == [second]
    Image.objects.filter(pk=second.pk).update(taken_at=taken + later)
    follower.finish()
    assert same_pictures(first, ann) == []
    first.refresh_from_db()
    assert second not in Image.objects.matches_of(first)
    assert second in Image.objects.similar_to(first)
    assert Comparison.of(*Image.objects.filter(pk__in=[first.pk, second.pk])).is_burst
    assert remark(first, Image.objects.get(pk=second.pk)) == "burst shot"
    stored = set(Match.objects.values_list("first", "second"))
    follower.rebuild()
    assert set(Match.objects.values_list("first", "second")) == stored == set()


def test_rows_from_before_there_were_such_hashes_match_once_they_are_hashed(
    add_image: AddImage, ann: User
) -> None:
    first, second = add_image(1), add_image(upload(1, quality=30))
    Image.objects.update(dct256=None)
    follower.finish()
    assert said(first, ann) == []
    call_command("hash_images", "--missing", stdout=StringIO(), stderr=StringIO())
    follower.finish()
    assert [same.image for same in same_pictures(first, ann)] == [second]


@pytest.mark.django_db
class TestWhoSees:
    @pytest.fixture
    def secret(self, add_image: AddImage, bob: User) -> Image:
        return add_image(upload(1, quality=30), owner=bob, visibility="private")

    # On PostgreSQL the changes of a transaction that is still open count as not compared.
    @pytest.mark.django_db(transaction=True)
    def test_strangers_never(
        self, client: Client, add_image: AddImage, secret: Image, ann: User, bob: User
    ) -> None:
        image = add_image(1)
        finish()
        assert not same_pictures(image, AnonymousUser())
        assert not same_pictures(image, ann)
        assert [same.image for same in same_pictures(image, bob)] == [secret]
        text = client.get(reverse("gallery:detail", args=[image.public_id])).content.decode()
        assert "The same picture" not in text
        assert str(secret.public_id) not in text

    def test_owners_on_the_page(self, client: Client, secret: Image, add_image: AddImage) -> None:
        image = add_image(1)
        client.force_login(secret.owner)
        text = client.get(reverse("gallery:detail", args=[image.public_id])).content.decode()
        assert "The same picture" in text
        assert "JPEG quality about 30" in text

    def test_an_upload_while_others_compare_is_answered_all_the_same(
        self, add_image: AddImage, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        original, copy = add_image(1), add_image(upload(1, quality=30))
        PendingMatch.objects.create(key=copy.pk)
        # As on PostgreSQL, where another process has the row.
        monkeypatch.setattr(follower, "_locked", lambda waits: LogPosition.objects.none().first())
        assert [same.image for same in same_at_once(copy, ann)] == [original]
