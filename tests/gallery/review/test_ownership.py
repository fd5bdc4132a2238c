"""Nothing private crosses owners, and nobody loses the last copy they could see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gallery.decisions import Conflict, reversal
from gallery.models import Image
from gallery.review import accept, flows
from gallery.review.decision_request import Choice
from gallery.review.ownership import stranded_owners, stranding
from gallery.worker import finish
from tests.gallery.review_letters import decide
from tests.pictures import upload

AddImage = Callable[..., Image]
PAGE = "/admin/gallery/image/duplicates/"
SECRETS: dict[str, Any] = {
    "title": "Bob's secret",
    "description": "Where it is",
    "alt_text": "What it shows",
    "tags": ("hush",),
    "albums": ("Hidden",),
    "visibility": "private",
}


@pytest.fixture
def anns(add_image: AddImage, ann: User) -> Image:
    return add_image(upload(1, "IMG_0001.jpg", quality=90), owner=ann)


@pytest.fixture
def bobs(add_image: AddImage, bob: User) -> Image:
    return add_image(upload(1, "IMG_0002.jpg", quality=30), owner=bob, **SECRETS)


def words(image: Image) -> dict[str, Any]:
    image = Image.objects.get(pk=image.pk)
    names = ("title", "description", "alt_text", "visibility")
    texts = {name: getattr(image, name) for name in names}
    return texts | {"tags": list(image.tags.all()), "albums": list(image.albums.all())}


def test_private_words_stay_with_their_owner(anns: Image, bobs: Image, admin: User) -> None:
    before = words(anns)
    decide([anns, bobs], "kt", admin, merge=True)
    assert words(anns) == before
    assert anns.visibility == "public"


def test_words_that_anyone_can_read_are_passed_on(anns: Image, bobs: Image, admin: User) -> None:
    Image.objects.filter(pk=bobs.pk).update(visibility="public")
    decide([anns, bobs], "kt", admin, merge=True)
    assert words(anns)["title"] == "Bob's secret"


def test_private_copy_of_one_owner_passes_all_on(anns: Image, bobs: Image, admin: User) -> None:
    Image.objects.filter(pk=bobs.pk).update(owner=anns.owner)
    decide([anns, bobs], "kt", admin, merge=True)
    assert words(anns) == words(bobs)


def test_no_owner_is_left_without_a_copy(anns: Image, bobs: Image, admin: User) -> None:
    with pytest.raises(Conflict, match="ann would lose the only copy they can see"):
        decide([anns, bobs], "tk", admin)
    assert not Image.objects.trashed().exists()
    assert stranding([]) == ""


def test_nor_because_the_kept_one_becomes_private(
    anns: Image, bobs: Image, add_image: AddImage, admin: User, ann: User
) -> None:
    Image.objects.filter(pk=bobs.pk).update(visibility="public")
    hers = add_image(upload(1, quality=50), owner=ann, visibility="private")
    with pytest.raises(Conflict, match="bob would lose"):
        decide([anns, bobs, hers], "ktt", admin, merge=True)
    decide([anns, bobs, hers], "ktt", admin)


def test_bulk_decisions_leave_such_a_cluster_out(anns: Image, bobs: Image, admin: User) -> None:
    accepted = accept([{anns.pk: Choice.TRASH, bobs.pk: Choice.KEEP}], admin)
    assert accepted.decision is None
    assert "ann would lose" in accepted.left[0]


def test_merging_asks_for_the_right_to_change(anns: Image, bobs: Image, reviewer: User) -> None:
    Image.objects.filter(pk=bobs.pk).update(visibility="public")
    reviewer.user_permissions.remove(
        reviewer.user_permissions.get(codename="change_image", content_type__app_label="gallery")
    )
    decide([anns, bobs], "kt", User.objects.get(pk=reviewer.pk), merge=True)
    assert words(anns)["title"] == ""


def test_the_page_says_so_beforehand(client: Client, anns: Image, bobs: Image, admin: User) -> None:
    Image.objects.filter(pk=anns.pk).update(width=100, height=75)
    finish()
    client.force_login(admin)
    page = client.get(PAGE).content.decode()
    assert "ann would lose the only copy they can see" in page
    assert "Keep it, trash the other" not in page
    answer = client.post(PAGE + "bulk/", {"bulk": "copy"}, headers={"accept": "application/json"})
    assert answer.json()["clusters"] == []


copies = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["public", "private"]), st.sampled_from("kt")),
    min_size=2,
    max_size=4,
)


@pytest.mark.django_db
@given(copies=copies, merge=st.booleans())
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_nobody_sees_more_or_loses_all(
    add_image: AddImage,
    ann: User,
    bob: User,
    admin: User,
    copies: list[tuple[str, str, str]],
    merge: bool,
) -> None:
    Image.objects.all().delete()
    owners = {"a": ann, "b": bob}
    images = [
        add_image(
            upload(1, quality=60 + number),
            owner=owners[owner],
            visibility=visibility,
            title=f"Title {number}",
            tags=(f"tag {number}",),
        )
        for number, (owner, visibility, _) in enumerate(copies)
    ]
    before = {name: seen_by(user) for name, user in owners.items()}
    had = {owner for owner, *_ in copies}
    try:
        decision = decide(images, "".join(choice for *_, choice in copies), admin, merge=merge)
    except Conflict:
        decision = None
    for name, user in owners.items():
        assert seen_by(user) <= before[name]
        assert name not in had or Image.objects.visible_to(user).exists()
    if decision:
        reversal.undo(decision.pk, admin)
        assert {name: seen_by(user) for name, user in owners.items()} == before


def seen_by(user: User) -> set[str]:
    """Return all words that `user` can read."""
    visible = Image.objects.visible_to(user)
    titles = visible.values_list("title", flat=True)
    return {*titles, *visible.values_list("tags__name", flat=True)} - {"", None}


def test_only_owners_of_trashed_pictures_count(anns: Image, bobs: Image) -> None:
    assert stranded_owners([bobs], [bobs]) == []
    assert stranded_owners([anns], [bobs]) == []
    assert [owner.username for owner in stranded_owners([bobs], [anns])] == ["ann"]
    assert flows([anns], [bobs]) == []
