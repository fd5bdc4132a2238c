"""Verdicts follow pictures to digests that are more exact."""

from collections.abc import Callable

from django.contrib.auth.models import User

from gallery.matching import follower
from gallery.models import Image, Verdict
from gallery.verdicts import carry_over
from hashing.pictures import digest_of_look
from tests.gallery.review_letters import decide
from tests.pictures import upload

AddImage = Callable[..., Image]


def renew(image: Image, **holdings: object) -> str:
    """Give a picture the digest that it has now that its holdings count; return it."""
    facts = {"depth": 8, "colours": ""} | holdings
    digest = digest_of_look(image.content_digest, facts["depth"], facts["colours"])
    Image.objects.filter(pk=image.pk).update(holdings=facts, content_digest=digest)
    return digest


def contents() -> list[tuple[str, str]]:
    return list(Verdict.objects.order_by("pk").values_list("first_digest", "second_digest"))


def test_to_the_digest_with_a_profile(add_image: AddImage, admin: User) -> None:
    first, second = add_image(1), add_image(upload(2))
    decide([first, second], "nn", admin)
    digest = renew(first, colours="p3")
    carry_over(Image.objects.all())
    assert contents() == [tuple(sorted((digest, second.content_digest)))]
    verdict = Verdict.objects.get()
    assert verdict.kind == "not_a_duplicate"
    assert {verdict.first, verdict.second} == {first, second}
    row = {verdict.first_digest: verdict.first, verdict.second_digest: verdict.second}
    assert row[digest] == first


def test_by_itself_when_the_change_is_followed(add_image: AddImage, admin: User) -> None:
    first, second = add_image(1), add_image(upload(2))
    decide([first, second], "nn", admin)
    digest = renew(first, depth=16)
    follower.finish()
    assert digest in contents()[0]


def test_copies_of_one_content_that_turn_out_to_look_different(
    add_image: AddImage, admin: User, bob: User
) -> None:
    first, second = add_image(upload(1)), add_image(upload(1), owner=bob)
    decide([first, second], "nn", admin)
    before = contents()
    digests = renew(first, colours="p3"), second.content_digest
    carry_over(Image.objects.all())
    assert contents() == [tuple(sorted(digests))]
    # If the other one follows, both are copies of one content again.
    digest = renew(second, colours="p3")
    carry_over(Image.objects.all())
    assert contents() == [(digest, digest)] != before
    verdict = Verdict.objects.get()
    assert {verdict.first_copy, verdict.second_copy} == {first.public_id, second.public_id}
    assert str(verdict.first_copy) < str(verdict.second_copy)


def test_not_to_another_file(add_image: AddImage, admin: User) -> None:
    first, second = add_image(1), add_image(upload(2))
    decide([first, second], "nn", admin)
    before = contents()
    Image.objects.filter(pk=first.pk).update(content_digest="px1:other")
    carry_over(Image.objects.all())
    assert contents() == before
