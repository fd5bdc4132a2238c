"""What was said of copies of one content holds when their files come again."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import QuerySet

from gallery import library
from gallery.decisions import reversal
from gallery.matching import follower
from gallery.matching.computed_clusters import image_clusters
from gallery.models import Cluster, Decision, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.review.verdict_lines import parsed
from gallery.review.verdict_transfer import exported, import_verdicts
from gallery.uploads.receiving import receive
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]


def open_pairs(by: str = "stored") -> list[set[str]]:
    """Return the clusters that are still asked about, as the names of their pictures."""
    if by == "computed":
        found = [cluster.keys for cluster in image_clusters()]
    else:
        follower.finish()
        rows = Cluster.objects.order_by("pk")
        found = [list(row.memberships.values_list("image", flat=True)) for row in rows]
    return sorted(({_name(key) for key in keys} for keys in found), key=sorted)


def _name(key: int) -> str:
    image = Image.objects.get(pk=key)
    return image.source or f"{image.owner} {image.original_name}"


def keep_all(images: Iterable[Image], user: User) -> Decision:
    decision = deciding.decide(
        DecisionRequest(dict.fromkeys((image.pk for image in images), Choice.KEEP), user)
    )
    assert decision
    return decision


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One picture in five files: twice the same, once with a comment, and twice saved smaller."""
    data = encoded(photo(1, (160, 120)))
    small = encoded(photo(1, (160, 120)), quality=40)
    comment = data[:2] + b"\xff\xfe\x00\x08marked" + data[2:]
    for name, content in [
        ("a/same.jpg", data),
        ("b/same.jpg", data),
        ("b/comment.jpg", comment),
        ("a/small.jpg", small),
        ("b/small.jpg", small),
    ]:
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "pictures"


def imported(folder: Path) -> QuerySet[Image]:
    call_command("import_images", str(folder), verbosity=0)
    return Image.objects.order_by("pk")


def forget_all(*models: Any) -> None:
    for model in models:
        model.objects.all().delete()


class TestImportedAgain:
    def test_after_the_gallery_was_emptied(self, folder: Path, admin: User) -> None:
        images = list(imported(folder))
        assert len(images) == 5
        assert len(open_pairs()) == 1
        keep_all(images, admin)
        assert open_pairs() == []
        forget_all(Image)
        assert imported(folder).count() == 5
        assert open_pairs() == open_pairs("computed") == []
        follower.rebuild()
        assert open_pairs() == []

    @pytest.mark.parametrize("first", ["pictures", "verdicts"])
    def test_on_another_site(self, folder: Path, admin: User, first: str) -> None:
        keep_all(imported(folder), admin)
        lines = list(exported())
        assert len(lines) == 3 + 1 + 1  # pairs of three equals, of two, and of the contents
        forget_all(Image, Verdict, Decision)
        if first == "pictures":
            imported(folder)
            assert len(open_pairs()) == 1
        done = import_verdicts(parsed(lines))
        assert (done.new, done.known) == (5, 0)
        assert done.waiting == (0 if first == "pictures" else 4)
        imported(folder)
        assert open_pairs() == open_pairs("computed") == []
        assert list(exported()) == lines
        assert import_verdicts(parsed(lines)).new == 0

    def test_only_the_newcomer_is_asked_about(self, folder: Path, admin: User) -> None:
        keep_all(imported(folder), admin)
        forget_all(Image)
        (folder / "c").mkdir()
        (folder / "c/third.jpg").write_bytes((folder / "a/small.jpg").read_bytes())
        imported(folder)
        assert open_pairs() == open_pairs("computed")
        ((*names,),) = open_pairs()
        assert "pictures/c/third.jpg" in names
        assert {name.rpartition("/")[2] for name in names} == {"third.jpg", "small.jpg"}

    def test_as_many_copies_as_were_kept(self, folder: Path, admin: User) -> None:
        """Of three equals two were kept together; one more of the same file is a question."""
        for name in ("a", "b"):
            (folder / name / "small.jpg").unlink()
        images = {image.source: image for image in imported(folder)}
        keep_all([images["pictures/a/same.jpg"], images["pictures/b/comment.jpg"]], admin)
        forget_all(Image)
        (folder / "a/same.jpg").unlink()
        imported(folder)
        assert open_pairs() == open_pairs("computed") == []
        (folder / "b/again.jpg").write_bytes((folder / "b/same.jpg").read_bytes())
        imported(folder)
        assert len(open_pairs()) == len(open_pairs("computed")) == 1


class TestComeBack:
    @pytest.fixture
    def pair(self, add_image: AddImage, bob: User) -> list[Image]:
        """The same file twice, of two people."""
        return [add_image(upload(1)), add_image(upload(1), owner=bob)]

    def test_takes_its_place_and_can_be_taken_back(
        self, pair: list[Image], bob: User, admin: User
    ) -> None:
        decision = keep_all(pair, admin)
        pair[1].delete()
        again = receive(upload(1), bob).image
        assert again
        assert open_pairs() == []
        row = Verdict.objects.get()
        assert {row.first, row.second} == {pair[0], again}
        reversal.undo(decision.pk, admin)
        assert len(open_pairs()) == 1
        reversal.redo(decision.pk, admin)
        assert open_pairs() == []

    def test_is_the_same_copy_in_later_decisions(
        self, pair: list[Image], bob: User, admin: User
    ) -> None:
        first = keep_all(pair, admin)
        pair[1].delete()
        again = receive(upload(1), bob).image
        assert again
        open_pairs()
        later = deciding.decide(
            DecisionRequest({pair[0].pk: Choice.KEEP, again.pk: Choice.TRASH}, admin)
        )
        assert later
        assert Verdict.objects.get().kind == "duplicate"
        reversal.undo(later.pk, admin)
        assert Verdict.objects.get().kind == "related"
        reversal.undo(first.pk, admin)
        assert not Verdict.objects.exists()

    def test_another_copy_in_the_trash_waits_there(
        self, pair: list[Image], add_image: AddImage, bob: User, admin: User
    ) -> None:
        third = add_image(upload(1), owner=admin)
        keep_all(pair, admin)
        library.trash([third], admin)
        follower.finish()
        pair[1].delete()
        follower.finish()
        again = receive(upload(1), bob).image
        assert open_pairs() == []
        assert again in (Verdict.objects.get().first, Verdict.objects.get().second)
        library.restore([third], admin)
        assert len(open_pairs()) == 1

    def test_other_contents_under_the_same_keys_are_news(
        self, pair: list[Image], admin: User
    ) -> None:
        keep_all(pair, admin)
        for image, quality in zip(pair, (90, 30), strict=True):
            image.file = upload(2, quality=quality)
            image.save(update_fields=["file"])
        assert len(open_pairs()) == len(open_pairs("computed")) == 1
