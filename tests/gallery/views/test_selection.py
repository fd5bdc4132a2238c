"""What is done with several pictures of the grid together: by whom, to which, and back again."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from gallery.models import Album, Decision, Image, Tag
from tests.gallery.match_rows import add, picture

SELECTION = reverse("gallery:selection")
JSON = {"accept": "application/json"}


@pytest.fixture
def images(ann: User) -> list[Image]:
    return add(picture(family, title=f"t{family}", owner=ann) for family in range(3))


@pytest.fixture
def of_bob(bob: User) -> Image:
    return add([picture(9, title="Bob's", owner=bob)])[0]


def post(client: Client, do: str, images: list[Image], **said: Any) -> Any:
    ids = [str(image.public_id) for image in images]
    headers = said.pop("headers", None)
    return client.post(SELECTION, {"do": do, "picture": ids, **said}, headers=headers)


def trashed() -> set[str]:
    return set(Image.objects.trashed().values_list("title", flat=True))


def undo(client: Client, number: int, **options: Any) -> Any:
    return client.post(reverse("gallery:take_back", args=[number]), **options)


class TestTrash:
    def test_one_decision_and_one_press_back(self, client: Client, ann: User, images: Any) -> None:
        client.force_login(ann)
        response = post(client, "trash", images[:2], next="/?sort=oldest")
        assert response["Location"] == "/?sort=oldest"
        assert trashed() == {"t0", "t1"}
        decision = Decision.objects.get()
        text = client.get("/").content.decode()
        assert "Trashed 2." in text
        assert reverse("gallery:take_back", args=[decision.pk]) in text
        response = undo(client, decision.pk, data={"next": "/?sort=title"})
        assert response["Location"] == "/?sort=title"
        assert trashed() == set()
        assert "Undone: trashed 2." in client.get("/").content.decode()

    def test_others_pictures_are_named_and_left(
        self, client: Client, ann: User, images: Any, of_bob: Image
    ) -> None:
        client.force_login(ann)
        post(client, "trash", [images[0], of_bob])
        assert trashed() == {"t0"}
        text = client.get("/").content.decode()
        assert "Not changed, because other people own them: “Bob&#x27;s”." in text

    def test_nothing_of_ones_own(self, client: Client, ann: User, of_bob: Image) -> None:
        client.force_login(ann)
        response = post(client, "trash", [of_bob])
        assert response.status_code == 403
        text = response.content.decode()
        assert "Nothing was changed." in text
        assert f'value="{of_bob.public_id}" aria-label="Select Bob&#x27;s" checked' in text
        assert not Decision.objects.exists()

    def test_who_may_change_all(self, client: Client, ann: User, of_bob: Image) -> None:
        ann.user_permissions.add(Permission.objects.get(codename="change_image"))
        client.force_login(ann)
        post(client, "trash", [of_bob])
        assert trashed() == {"Bob's"}

    def test_what_one_may_not_see_is_no_other_than_gone(
        self, client: Client, ann: User, bob: User, images: Any
    ) -> None:
        secret = add([picture(7, title="Secret", owner=bob, visibility="private")])
        client.force_login(ann)
        response = post(client, "trash", secret)
        assert response.status_code == 409
        assert "One picture is no longer in the gallery." in response.content.decode()
        assert "Secret" not in response.content.decode()
        answer = post(client, "trash", [*secret, images[0]], headers=JSON).json()
        assert answer["told"] == "Trashed 1. One picture is no longer in the gallery."
        assert trashed() == {"t0"}

    def test_visitors_are_led_to_the_login(self, client: Client, images: Any) -> None:
        response = post(client, "trash", images, next="/?q=t")
        assert response["Location"] == "/login/?next=/%3Fq%3Dt"
        assert post(client, "trash", images, headers=JSON).status_code == 401
        assert trashed() == set()


class TestCollections:
    @pytest.mark.parametrize(
        ("do", "model", "unchanged"),
        [
            ("tag", Tag, "All of them already have this tag."),
            ("album", Album, "All of them are already in this album."),
        ],
    )
    def test_put_and_back(
        self,
        client: Client,
        ann: User,
        images: Any,
        of_bob: Image,
        do: str,
        model: Any,
        unchanged: str,
    ) -> None:
        client.force_login(ann)
        answer = post(client, do, [*images, of_bob], name="  Red   Sea ", headers=JSON).json()
        assert answer["told"].startswith(f"Added 3 pictures to the {do}")
        assert answer["left"] == [str(of_bob.public_id)]
        shelf = model.objects.get()
        assert shelf.name == "Red Sea"
        assert set(shelf.images.all()) == set(images)
        again = post(client, do, images, name="red sea", headers=JSON).json()
        assert (again["told"], again["decision"]) == (unchanged, None)
        assert undo(client, answer["decision"], headers=JSON).status_code == 200
        assert not shelf.images.exists()

    def test_only_what_was_put_there_is_taken_away(
        self, client: Client, ann: User, images: Any
    ) -> None:
        tag = Tag.objects.create(name="sea")
        tag.images.add(images[0])
        client.force_login(ann)
        answer = post(client, "tag", images, name="sea", headers=JSON).json()
        assert answer["told"] == "Added 2 pictures to the tag “sea”."
        undo(client, answer["decision"])
        assert list(tag.images.all()) == [images[0]]

    def test_without_a_name_the_selection_is_kept(
        self, client: Client, ann: User, images: Any
    ) -> None:
        client.force_login(ann)
        response = post(client, "tag", images[:2], name=" ", next="/?q=t")
        assert response.status_code == 422
        text = response.content.decode()
        assert "Enter the name of the tag." in text
        assert text.count(" checked></li>") == 2
        assert 'href="/?q=t">Back' in text
        assert not Tag.objects.exists()


class TestCompare:
    def test_two(self, client: Client, images: Any) -> None:
        first, second = images[1], images[0]
        address = reverse("gallery:compare", args=[first.public_id, second.public_id])
        assert post(client, "compare", [first, second])["Location"] == address

    @pytest.mark.parametrize("count", [1, 3])
    def test_other_numbers(self, client: Client, images: Any, count: int) -> None:
        response = post(client, "compare", images[:count])
        assert response.status_code == 422
        told = f"Select exactly two pictures to compare; you selected {count}."
        assert told in response.content.decode()

    def test_one_of_which_has_gone(self, client: Client, images: Any) -> None:
        Image.objects.filter(pk=images[0].pk).update(trashed_at="2026-01-01T00:00Z")
        assert post(client, "compare", images[:2]).status_code == 409


class TestBadPosts:
    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({}, "No pictures are selected."),
            ({"do": "trash"}, "No pictures are selected."),
            ({"do": "burn", "picture": ["x"]}, "The action must be one of"),
            ({"do": "trash", "picture": ["x"]}, "The selection is not valid."),
            ({"do": "trash", "picture": ["\0"]}, "The selection is not valid."),
            ({"do": "trash", "picture": [f"{n:032x}" for n in range(1001)]}, "(limit 1000)"),
            ({"do": "tag", "picture": [f"{1:032x}"], "name": "x" * 101}, "at most 100"),
            ({"do": "tag", "picture": [f"{1:032x}"], "name": "a\0b"}, "Null characters"),
        ],
    )
    def test_nothing_is_done(
        self, client: Client, ann: User, said: dict[str, Any], told: str
    ) -> None:
        client.force_login(ann)
        response = client.post(SELECTION, said)
        assert response.status_code == 422
        assert told in response.content.decode()
        answer = client.post(SELECTION, said, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")

    def test_by_address(self, client: Client, db: None) -> None:
        assert client.get(SELECTION)["Location"] == "/"

    def test_the_way_back_stays_here(self, client: Client, ann: User, images: Any) -> None:
        client.force_login(ann)
        assert post(client, "trash", images, next="https://else.where/")["Location"] == "/"


class TestTakeBack:
    def test_only_ones_own(self, client: Client, ann: User, bob: User, images: Any) -> None:
        client.force_login(ann)
        number = post(client, "trash", images, headers=JSON).json()["decision"]
        for user, status in [(bob, 404), (ann, 200)]:
            client.force_login(user)
            assert undo(client, number, headers=JSON).status_code == status

    def test_only_what_a_selection_does(self, client: Client, reviewer: User) -> None:
        number = Decision.objects.create(action="resolve", made_by=reviewer).pk
        client.force_login(reviewer)
        assert undo(client, number).status_code == 404
        assert undo(client, 10**30).status_code == 404

    def test_what_has_changed_since(self, client: Client, ann: User, images: Any) -> None:
        client.force_login(ann)
        number = post(client, "trash", images[:1], headers=JSON).json()["decision"]
        client.post(reverse("gallery:restore", args=[images[0].public_id]))
        assert undo(client, number, headers=JSON).status_code == 409
        undo(client, number)
        assert "Nothing was changed" in client.get("/").content.decode()

    def test_logged_out_or_by_address(self, client: Client, db: None) -> None:
        assert "/login/" in undo(client, 1)["Location"]
        assert undo(client, 1, headers=JSON).status_code == 401
        assert client.get(reverse("gallery:take_back", args=[1]))["Location"].startswith("/login/")
