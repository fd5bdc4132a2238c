"""Programs are answered in JSON wherever something can be posted, and everyone by their rights."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from gallery import library
from gallery.decisions import Conflict, journal, reversal
from gallery.models import Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.web.negotiation import wants_json
from tests.gallery.duplicates_forms import PAGE
from tests.pictures import upload

AddImage = Callable[..., Image]

BULK, HISTORY, SHEET = f"{PAGE}bulk/", f"{PAGE}history/", f"{PAGE}contact-sheet/"
REVIEW = (PAGE, BULK, HISTORY, SHEET)
JSON = {"Accept": "application/json"}


def post(client: Client, address: str, said: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Return the status and the JSON with which a program is answered."""
    response = client.post(address, said or {}, headers=JSON)
    assert response["Content-Type"] == "application/json", response.content[:200]
    return response.status_code, response.json()


@pytest.fixture
def trio(add_image: AddImage) -> list[Image]:
    """Three copies of one picture, ann's and public."""
    return [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]


@pytest.fixture
def rae(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def keep_first(images: list[Image]) -> dict[str, Any]:
    first, *others = (f"choice-{image.pk}" for image in images)
    return {first: "keep", **dict.fromkeys(others, "trash"), "as_of": journal.position()}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [("application/json", True), ("text/html", False), ("*/*", False), ("", False)],
)
def test_who_takes_anything_gets_a_page(accept: str, expected: bool) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept} if accept else {})
    assert wants_json(request) is expected


class TestReview:
    """Every act of the review pages."""

    def test_decide_undo_redo(self, rae: Client, trio: list[Image]) -> None:
        _, made = post(rae, PAGE, keep_first(trio))
        for address in (PAGE, HISTORY, SHEET):
            status, back = post(rae, address, {"undo": made["decision"]})
            assert (status, back["told"]) == (200, "Undone: kept 1, trashed 2.")
            assert (back["decision"], back["as_of"]) == (made["decision"], journal.position())
            status, again = post(rae, address, {"redo": made["decision"]})
            assert (status, again["told"]) == (200, "Redone: kept 1, trashed 2.")
            assert Image.objects.trashed().count() == 2

    def test_preview(self, rae: Client, trio: list[Image]) -> None:
        trio[1].tags.create(name="sea")
        status, told = post(rae, PAGE, {**keep_first(trio), "preview": "1", "merge": "1"})
        assert status == 200
        assert [one["choice"] for one in told["pictures"]] == ["keep", "trash", "trash"]
        assert told["pictures"][0]["gains"] == ["tag sea"]
        assert not Decision.objects.exists()

    def test_split(self, rae: Client, trio: list[Image]) -> None:
        a, b, c = (image.pk for image in trio)
        said = {"split": "1", "stay": f"{a} {b}", "leave": c, "as_of": journal.position()}
        answers = [post(rae, PAGE, said) for _ in range(2)]  # the first was lost
        assert answers[0] == answers[1]
        assert answers[0][1]["told"].startswith("Split off 1 of 3 pictures")
        assert Decision.objects.get().get_action_display() == "Split a cluster"

    def test_policy(self, rae: Client, db: None) -> None:
        assert post(rae, PAGE, {"policy": "smallest"})[1]["policy"] == "smallest"
        status, told = post(rae, PAGE, {"policy": "best of all"})
        assert (status, told["code"]) == (400, "bad_request")
        assert "What to keep must be one of" in told["reason"]

    def test_bulk(self, rae: Client, trio: list[Image]) -> None:
        first, *others = (image.pk for image in trio)
        status, listed = post(rae, BULK, {"bulk": "selected", "cluster": first})
        assert (status, listed["kept"], listed["trashed"]) == (200, 1, 2)
        assert listed["clusters"] == [{"kept": [first], "trashed": others}]
        answers = [post(rae, BULK, {"plan": listed["plan"]}) for _ in range(2)]  # one was lost
        assert answers[0] == answers[1]
        assert answers[0][1]["told"] == "1 cluster: kept 1, trashed 2."
        assert Decision.objects.count() == 1

    def test_bulk_that_comes_too_late(self, rae: Client, trio: list[Image], admin: User) -> None:
        _, listed = post(rae, BULK, {"bulk": "apart", "cluster": trio[0].pk})
        assert (listed["is_apart"], listed["kept"], listed["trashed"]) == (True, 3, 0)
        deciding.decide(
            DecisionRequest(dict.fromkeys((image.pk for image in trio), Choice.RELATED), admin)
        )
        status, told = post(rae, BULK, {"plan": listed["plan"]})
        assert (status, told["decision"]) == (200, None)
        assert told["left"][0].startswith("root resolved a cluster just now")

    @pytest.mark.parametrize(
        ("address", "said", "expected"),
        [
            (PAGE, {}, (400, "bad_request")),
            (PAGE, {"choice-1": "keep", "as_of": "x"}, (400, "bad_request")),
            (PAGE, {"choice-1": "burn"}, (400, "bad_request")),
            (PAGE, {"choice-1": "keep", "preview": "1"}, (409, "conflict")),
            (PAGE, {"split": "1"}, (400, "bad_request")),
            (PAGE, {"undo": "x"}, (400, "bad_request")),
            (PAGE, {"undo": "7"}, (404, "not_found")),
            (PAGE, {"redo": "7"}, (404, "not_found")),
            (HISTORY, {}, (400, "bad_request")),
            (HISTORY, {"redo": "7"}, (404, "not_found")),
            (SHEET, {"undo": "7"}, (404, "not_found")),
            (BULK, {"plan": "forged"}, (400, "bad_request")),
        ],
    )
    def test_errors(
        self, rae: Client, address: str, said: dict[str, str], expected: tuple[int, str]
    ) -> None:
        status, told = post(rae, address, said)
        assert (status, told["code"]) == expected
        assert told["reason"].endswith(".")


class TestLostAnswers:
    def test_undo_and_redo_are_recognised(
        self, rae: Client, trio: list[Image], admin: User
    ) -> None:
        _, made = post(rae, PAGE, keep_first(trio))
        for name in ("undo", "redo", "undo"):
            first = post(rae, HISTORY, {name: made["decision"]})
            assert post(rae, HISTORY, {name: made["decision"]}) == first
        assert Decision.objects.count() == 4
        # Who did not do it is told who did.
        with pytest.raises(Conflict, match="rae undid a decision just now"):
            reversal.undo(made["decision"], admin)
        reversal.redo(made["decision"], admin)
        status, told = post(rae, HISTORY, {"redo": made["decision"]})
        assert (status, told["code"]) == (409, "conflict")

    def test_what_stayed_is_told_again(self, rae: Client, trio: list[Image]) -> None:
        trio[1].tags.create(name="sea")
        _, made = post(rae, PAGE, {**keep_first(trio), "merge": "1"})
        trio[0].tags.clear()
        answers = [post(rae, PAGE, {"undo": made["decision"]})[1]["told"] for _ in range(2)]
        assert answers[0] == answers[1]
        assert "One value has been changed since then" in answers[1]


class TestTrash:
    def test_there_and_back(self, client: Client, trio: list[Image], ann: User) -> None:
        client.force_login(ann)
        trash = reverse("gallery:trash_picture", args=[trio[0].public_id])
        status, told = post(client, trash)
        assert (status, told["id"]) == (200, str(trio[0].public_id))
        assert list(Image.objects.trashed()) == [trio[0]]
        status, told = post(client, told["restore"])
        assert (status, told["url"]) == (200, trio[0].get_absolute_url())
        assert not Image.objects.trashed().exists()
        assert post(client, reverse("gallery:restore", args=[trio[0].public_id]))[0] == 404

    def test_emptying(self, client: Client, trio: list[Image], ann: User) -> None:
        ann.user_permissions.add(Permission.objects.get(codename="purge_trash"))
        library.trash(trio, ann)
        client.force_login(ann)
        address = reverse("gallery:empty_trash")
        status, told = post(client, address)
        assert (status, told["code"]) == (422, "invalid")
        last = Image.objects.latest("trashed_at").trashed_at.isoformat()
        assert post(client, address, {"until": last}) == (
            200,
            {"told": "Permanently deleted 3 pictures.", "deleted": 3},
        )


RIGHTS = {
    "another": (),
    "staff": ("view_image",),
    "editor": ("change_image",),
    "purger": ("purge_trash",),
    "reviewer": ("review_duplicates",),
    "editing reviewer": ("review_duplicates", "change_image"),
}


def people(role: str, owner: User) -> User | None:
    """Return somebody in this role; nobody for who is not logged in."""
    if role in ("nobody", "owner"):
        return owner if role == "owner" else None
    user = User.objects.create_user("zoe", is_staff=role != "another")
    user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS[role]))
    return user


class TestRights:
    """Roles × pages × posts. What is not allowed changes nothing."""

    @pytest.fixture
    def acts(self, trio: list[Image], admin: User) -> dict[str, tuple[str, dict[str, Any]]]:
        """What can be posted, by its name; of ann's public pictures."""
        a, b, c = trio
        made = deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.KEEP}, admin))
        gone = library.trash([c], admin)
        assert made
        assert gone
        return {
            "decide": (PAGE, keep_first([a, b])),
            "undo": (HISTORY, {"undo": made.pk}),
            "undo trash": (HISTORY, {"undo": gone.pk}),
            "bulk": (BULK, {"bulk": "bytes"}),
            "sheet": (SHEET, {"undo": made.pk}),
            "trash": (reverse("gallery:trash_picture", args=[a.public_id]), {}),
            "restore": (reverse("gallery:restore", args=[c.public_id]), {}),
            "empty": (reverse("gallery:empty_trash"), {}),
        }

    @pytest.mark.parametrize(
        ("role", "expected"),
        [
            ("nobody", [401, 401, 401, 401, 401, 401, 401, 401]),
            ("another", [403, 403, 403, 403, 403, 403, 404, 403]),
            ("owner", [403, 403, 403, 403, 403, 200, 200, 403]),
            ("staff", [403, 403, 403, 403, 403, 403, 404, 403]),
            ("editor", [403, 403, 403, 403, 403, 200, 200, 403]),
            ("purger", [403, 403, 403, 403, 403, 403, 404, 422]),
            ("reviewer", [200, 200, 404, 200, 200, 403, 404, 403]),
            ("editing reviewer", [200, 200, 200, 200, 200, 200, 200, 403]),
        ],
    )
    def test_each_post(
        self, client: Client, acts: dict[str, Any], role: str, expected: list[int], ann: User
    ) -> None:
        before = list(Image.objects.values_list("pk", "trashed_at")), Decision.objects.count()
        if user := people(role, ann):
            client.force_login(user)
        for (name, (address, said)), status in zip(acts.items(), expected, strict=True):
            with transaction.atomic():
                given, told = post(client, address, said)
                assert given == status, (name, told)
                now = list(Image.objects.values_list("pk", "trashed_at"))
                if status != 200:
                    assert (now, Decision.objects.count()) == before
                    assert told["code"]
                    assert told["reason"].endswith(".")
                transaction.set_rollback(True)

    @pytest.mark.parametrize("hide", ["visibility", "trashed_at"])
    def test_what_a_reviewer_does_not_see(
        self, rae: Client, trio: list[Image], bob: User, hide: str
    ) -> None:
        """A private picture of others and one in the trash are no part of any act."""
        a, b, c = trio
        said = keep_first(trio)
        _, plan = post(rae, BULK, {"bulk": "selected", "cluster": a.pk})
        if hide == "visibility":
            Image.objects.filter(pk=b.pk).update(visibility="private", owner=bob)
        else:
            library.trash([b], bob)
        before = list(Image.objects.values_list("pk", "trashed_at"))
        split = {"split": "1", "stay": a.pk, "leave": f"{b.pk} {c.pk}", "as_of": said["as_of"]}
        for sent in (said, {**said, "preview": "1"}, split):
            status, told = post(rae, PAGE, sent)
            assert (status, told["code"]) == (409, "conflict")
        # A plan that was good when it was signed is looked at again.
        status, told = post(rae, BULK, {"plan": plan["plan"]})
        assert (status, told["decision"], len(told["left"])) == (200, None, 1)
        assert list(Image.objects.values_list("pk", "trashed_at")) == before
        assert not Verdict.objects.exists()

    def test_plan_of_somebody_else(self, rae: Client, trio: list[Image], admin: User) -> None:
        _, listed = post(rae, BULK, {"bulk": "selected", "cluster": trio[0].pk})
        rae.force_login(admin)
        status, told = post(rae, BULK, {"plan": listed["plan"]})
        assert (status, told["code"]) == (400, "bad_request")
        assert not Image.objects.trashed().exists()

    def test_plan_that_was_taken_back_is_not_carried_out_again(
        self, rae: Client, trio: list[Image]
    ) -> None:
        _, listed = post(rae, BULK, {"bulk": "selected", "cluster": trio[0].pk})
        _, made = post(rae, BULK, {"plan": listed["plan"]})
        post(rae, HISTORY, {"undo": made["decision"]})
        _, told = post(rae, BULK, {"plan": listed["plan"]})
        assert told["decision"] is None
        assert told["left"][0].startswith("You undid a decision just now")
        assert not Image.objects.trashed().exists()

    def test_token(self, reviewer: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(reviewer)
        for address in REVIEW:
            status, told = post(client, address)
            assert (status, told["code"]) == (403, "csrf")
