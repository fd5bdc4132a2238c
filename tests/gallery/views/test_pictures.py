"""A picture's page, editing it, and its way to the trash and back."""

import uuid
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from gallery.matching import follower
from gallery.models import Image
from tests.pictures import upload

PAGES = ["detail", "similar", "fingerprint", "original"]


def url(name: str, image: Image) -> str:
    return reverse(f"gallery:{name}", args=[image.public_id])


def status(client: Client, address: str) -> int:
    response = client.get(address)
    response.getvalue()  # a download holds its file open until it is read
    return response.status_code


@pytest.fixture
def editor(db: None) -> User:
    """Someone who may change the pictures of others."""
    user = User.objects.create_user("ed", password="ed-secret")
    user.user_permissions.add(Permission.objects.get(codename="change_image"))
    return user


@pytest.fixture
def people(ann: User, bob: User, editor: User, reviewer: User, admin: User) -> dict[str, User]:
    """One of each role, by name: ann has the pictures."""
    return {user.username: user for user in (ann, bob, editor, reviewer, admin)}


class TestWhoSees:
    @pytest.mark.parametrize("page", PAGES)
    def test_public(self, client: Client, add_image, bob: User, admin: User, page: str) -> None:
        image = add_image(1)
        for user in (None, image.owner, bob, admin):
            client.force_login(user) if user else client.logout()
            assert status(client, url(page, image)) == 200

    @pytest.mark.parametrize("page", [*PAGES, "edit"])
    def test_private(
        self, client: Client, add_image, bob: User, editor: User, admin: User, page: str
    ) -> None:
        image = add_image(1, visibility="private")
        for user, expected in [(bob, 404), (editor, 404), (image.owner, 200), (admin, 200)]:
            client.force_login(user)
            assert status(client, url(page, image)) == expected

    @pytest.mark.parametrize("page", PAGES)
    def test_private_to_strangers(self, client: Client, add_image, page: str) -> None:
        assert client.get(url(page, add_image(1, visibility="private"))).status_code == 404

    @pytest.mark.parametrize("page", PAGES)
    def test_unknown(self, client: Client, db: None, page: str) -> None:
        response = client.get(reverse(f"gallery:{page}", args=[uuid.uuid4()]))
        assert response.status_code == 404
        assert "may not exist, or you may not have access" in response.content.decode()

    @pytest.mark.parametrize("page", PAGES)
    def test_only_reading(self, client: Client, add_image, page: str) -> None:
        assert client.post(url(page, add_image(1))).status_code == 405


class TestDetail:
    def test_shows_what_is_known(self, client: Client, add_image) -> None:
        image = add_image(1, title="A <b> title", description="Two\n\nlines", tags=("sea",))
        text = client.get(url("detail", image)).content.decode()
        for part in ("A &lt;b&gt; title", "<p>lines</p>", "320 × 240", "0.1 MP", image.sha256[:12],
                     str(image.phash), "sea", "320.webp?v=" + image.sha256[:8]):  # fmt: skip
            assert part in text

    def test_actions(self, client: Client, add_image, bob: User, editor: User, admin: User) -> None:
        image = add_image(1)
        for user, sees in [(None, False), (bob, False), (image.owner, True), (editor, True),
                           (admin, True)]:  # fmt: skip
            if user:
                client.force_login(user)
            text = client.get(url("detail", image)).content.decode()
            assert (url("edit", image) in text) is sees
            assert (url("trash_picture", image) in text) is sees

    def test_neighbours_in_time(self, client: Client, add_image) -> None:
        oldest, secret, newest = add_image(1), add_image(2, visibility="private"), add_image(3)
        text = client.get(url("detail", oldest)).content.decode()
        assert f'rel="prev" href="{newest.get_absolute_url()}"' in text
        assert str(secret.public_id) not in text
        assert 'rel="next"' not in text

    def test_no_megapixels_where_there_are_hardly_any(self, client: Client, add_image) -> None:
        image = add_image(1)
        Image.objects.filter(pk=image.pk).update(width=188, height=131)
        text = client.get(url("detail", image)).content.decode()
        assert "188 × 131" in text
        assert "0.0 MP" not in text

    def test_without_a_file(self, client: Client, db: None) -> None:
        image = Image.objects.create(title="Lost")
        response = client.get(url("detail", image))
        assert response.status_code == 200
        assert "cannot be displayed" in response.content.decode()
        assert "has no perceptual hash" in response.content.decode()

    def test_names_tags_and_albums(self, client: Client, add_image) -> None:
        image = add_image(1, tags=("sea", "Ahoi"), albums=("Coast", "Ships"))
        add_image(2, tags=("hills",), albums=("Inland",))
        response = client.get(url("detail", image))
        named = {
            kind: [(one.name, one.get_absolute_url()) for one in response.context[kind]]
            for kind in ("tags", "albums")
        }
        for kind, shelves in named.items():
            stored = getattr(image, kind).all()
            assert shelves == [(one.name, one.get_absolute_url()) for one in stored]
        assert len(named["tags"]) == len(named["albums"]) == 2
        assert "hills" not in response.content.decode()

    # Outside a transaction, as on a site: within one the index cannot be kept.
    @pytest.mark.django_db(transaction=True)
    def test_queries(
        self,
        client: Client,
        add_image,
        people: dict[str, User],
        django_assert_max_num_queries,
    ) -> None:
        details = {"tags": ("a", "b"), "albums": ("c",)}
        for seed in (1, 2, 3):
            add_image(seed, **details)
        copies = [add_image(upload(1, quality=quality), **details) for quality in (90, 30)]
        copies += [Image.objects.create(owner=copies[0].owner, file=upload(1, quality=30))]
        follower.catch_up()
        client.get(url("detail", copies[0]))
        most = {"": 12, "ann": 14, "bob": 16, "ed": 16, "rae": 16, "root": 14}
        for image, name in product(copies, most):
            client.force_login(people[name]) if name else client.logout()
            with django_assert_max_num_queries(most[name]):
                page = client.get(url("detail", image), {"max_distance": 32})
            assert len(page.context["same"]) == 3
            assert len(page.context["panel"].cards) >= 3

    def test_leads_to_the_pictures_beside_it(self, client: Client, add_image) -> None:
        images = [add_image(seed) for seed in range(4)]
        for place, image in enumerate(images):
            shown = client.get(url("detail", image)).context
            assert shown.get("next") == (images[place - 1] if place else None)
            assert shown.get("previous") == (images[place + 1] if place < 3 else None)

    def test_download_is_of_two_sizes(self, client: Client, add_image) -> None:
        image = add_image(1, title='A "b"')
        Image.objects.filter(pk=image.pk).update(width=3200, height=2401)
        text = client.get(url("detail", image)).content.decode()
        assert f'href="{url("original", image)}" download' in text
        assert 'download="A &quot;b&quot;.webp"' in text
        assert "1600 × 1200" in text
        assert f'data-copies="http://testserver{image.get_absolute_url()}"' in text


class TestEdit:
    def test_saves(self, client: Client, add_image) -> None:
        image = add_image(1)
        client.force_login(image.owner)
        data = {"title": "New", "visibility": "private", "tag_names": "x, y", "album_names": "Z"}
        response = client.post(url("edit", image), data)
        assert response.status_code == 302
        image.refresh_from_db()
        assert (image.title, image.visibility, image.tags.count()) == ("New", "private", 2)
        assert image.albums.get().name == "Z"

    def test_bad_input_is_said_and_nothing_saved(self, client: Client, add_image) -> None:
        image = add_image(1, title="Old")
        client.force_login(image.owner)
        data = {"title": "x" * 201, "visibility": "secret", "tag_names": '"open'}
        response = client.post(url("edit", image), data)
        assert response.status_code == 422
        assert "Nothing has been saved yet" in response.content.decode()
        image.refresh_from_db()
        assert image.title == "Old"

    def test_empty_form_is_complained_of(self, client: Client, add_image) -> None:
        image = add_image(1)
        client.force_login(image.owner)
        response = client.post(url("edit", image), {})
        assert response.status_code == 422
        assert "Nothing has been saved yet" in response.content.decode()

    def test_editor_hides_it_from_themselves(self, client: Client, add_image, editor: User) -> None:
        image = add_image(1)
        client.force_login(editor)
        response = client.post(url("edit", image), {"visibility": "private"}, follow=True)
        assert response.redirect_chain == [(reverse("gallery:index"), 302)]
        assert "only its owner can see it" in response.content.decode()

    def test_who_may(self, client: Client, add_image, bob: User, editor: User) -> None:
        image = add_image(1)
        assert client.get(url("edit", image)).status_code == 302  # to log in
        client.force_login(bob)
        assert client.get(url("edit", image)).status_code == 403
        assert client.post(url("edit", image), {"title": "Mine"}).status_code == 403
        client.force_login(editor)
        assert client.get(url("edit", image)).status_code == 200

    def test_suggests_only_visible_names(self, client: Client, add_image, bob: User) -> None:
        add_image(1, visibility="private", tags=("hush",))
        image = add_image(2, owner=bob, tags=("open",))
        client.force_login(bob)
        text = client.get(url("edit", image)).content.decode()
        assert 'value="open"' in text
        assert "hush" not in text


class TestTrash:
    def test_there_and_back(self, client: Client, add_image) -> None:
        image = add_image(1, title="Dune")
        client.force_login(image.owner)
        response = client.post(url("trash_picture", image), follow=True)
        assert "“Dune” is in the trash" in response.content.decode()
        assert f'action="{url("restore", image)}"' in response.content.decode()
        assert "Dune" in client.get(reverse("gallery:trash")).content.decode()
        response = client.get(url("detail", image))
        assert "is in the trash" in response.content.decode()
        response = client.post(url("restore", image), follow=True)
        assert response.redirect_chain == [(url("detail", image), 302)]
        image.refresh_from_db()
        assert not image.is_trashed

    def test_others_do_not_see_it(self, client: Client, add_image, bob: User, admin: User) -> None:
        image = add_image(1, title="Dune")
        client.force_login(image.owner)
        client.post(url("trash_picture", image))
        client.force_login(bob)
        assert client.get(url("detail", image)).status_code == 404
        assert client.post(url("restore", image)).status_code == 404
        assert "Dune" not in client.get(reverse("gallery:trash")).content.decode()
        client.force_login(admin)
        assert "Dune" in client.get(reverse("gallery:trash")).content.decode()
        assert client.post(url("restore", image)).status_code == 302

    def test_editor_takes_back_what_the_editor_did(
        self, client: Client, add_image, editor: User
    ) -> None:
        image = add_image(1)
        client.force_login(editor)
        assert client.post(url("trash_picture", image)).status_code == 302
        assert client.post(url("restore", image)).status_code == 302

    def test_who_may(self, client: Client, add_image, bob: User) -> None:
        image = add_image(1)
        assert client.post(url("trash_picture", image)).status_code == 302  # to log in
        client.force_login(bob)
        assert client.post(url("trash_picture", image)).status_code == 403
        image.refresh_from_db()
        assert not image.is_trashed

    def test_session_that_ended(self, client: Client, add_image) -> None:
        image = add_image(1)
        login = client.post(url("trash_picture", image))["Location"]
        data = {"username": "ann", "password": "ann-secret"}
        response = client.post(login, data, follow=True)
        assert response.redirect_chain[-1] == (url("detail", image), 302)
        assert response.status_code == 200

    @pytest.mark.parametrize("action", ["trash_picture", "restore"])
    def test_only_posting(self, client: Client, add_image, action: str) -> None:
        image = add_image(1)
        client.force_login(image.owner)
        response = client.get(url(action, image))
        assert (response.status_code, response["Location"]) == (302, url("detail", image))
        assert client.put(url(action, image)).status_code == 405
        image.refresh_from_db()
        assert not image.is_trashed

    def test_needs_the_token(self, add_image) -> None:
        image = add_image(1)
        client = Client(enforce_csrf_checks=True)
        client.force_login(image.owner)
        assert client.post(url("trash_picture", image)).status_code == 403

    def test_page(self, client: Client, add_image, django_assert_max_num_queries: Any) -> None:
        images = [add_image(seed) for seed in range(3)]
        client.force_login(images[0].owner)
        for image in images:
            client.post(url("trash_picture", image))
        with django_assert_max_num_queries(6):
            text = client.get(reverse("gallery:trash")).content.decode()
        assert text.count("Restore</button>") == 3

    def test_page_asks_to_log_in(self, client: Client, db: None) -> None:
        assert client.get(reverse("gallery:trash")).status_code == 302
