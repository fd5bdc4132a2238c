"""Random steps of reviewers, and of a gallery that goes on living meanwhile."""

import hashlib
import random
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from gallery import library
from gallery.decisions import journal, reversal, visible_decisions
from gallery.decisions.change_json import changes_of
from gallery.decisions.exceptions import DecisionRefused
from gallery.models import Album, Decision, DecisionItem, Image, Tag, Verdict
from gallery.review import deciding, withdrawal
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.review.verdict_lines import parsed
from gallery.review.verdict_transfer import exported, import_verdicts
from gallery.uploads.receiving import receive
from gallery.verdicts.inference import inferred
from hashing.receivers import hash_stored
from tests.pictures import encoded, photo

# The second sees no private pictures of others.
PEOPLE = ("rae", "sam")
TOLD = ("title", "description", "alt_text", "visibility", "trashed_at")


def facts() -> dict[str, Any]:
    """Return everything that review may change, and what it may not."""
    images = {row.pop("id"): row for row in Image.objects.values()}
    shelves = {
        (model.__name__, *row)
        for model, name in ((Tag, "tag_id"), (Album, "album_id"))
        for row in model.images.through.objects.values_list("image_id", name)
    }
    return {"images": images, "shelves": shelves, "verdicts": verdicts()}


def verdicts() -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return what people said."""
    rows = Verdict.objects.filter(is_inferred=False).values_list(
        *("first_digest", "second_digest", "first_copy", "second_copy", "kind", "decided_by_id"),
        "decided_at",
    )
    return {row[:4]: row[4:] for row in rows}


class Walk:
    """Two reviewers at work, and a gallery that goes on living meanwhile."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.owner = User.objects.get(username="ann")
        self.people = [User.objects.get(username=name) for name in PEOPLE]
        self.start = facts()
        self.files = {image.pk: self._digest(image) for image in Image.objects.all()}

    def step(self) -> None:
        acts = [self.resolve] * 6 + [self.trash, self.restore, self.withdraw, self.merge_many]
        acts += [self.undo] * 3 + [self.redo] * 2
        acts += [self.upload, self.hash_anew, self.replace, self.delete, self.purge, self.edit]
        acts += [self.write, self.put_on_shelves, self.move_verdicts]
        act, user = self.rng.choice(acts), self.rng.choice(self.people)
        here, hidden = Image.objects.untrashed().count(), self._hidden_from(user)
        try:
            act(user)
        except DecisionRefused:
            assert Image.objects.untrashed().count() == here
        if act in (self.resolve, self.merge_many, self.undo, self.redo):
            assert self._rows(hidden) == hidden
        self.check()

    def check(self) -> None:
        rows = Verdict.objects.filter(is_inferred=False).values_list(
            "first_digest", "second_digest", "kind"
        )
        stored = Verdict.objects.filter(is_inferred=True).values_list(
            "first_digest", "second_digest", "kind"
        )
        assert {(a, b): kind for a, b, kind in stored} == inferred(rows)
        assert set(Image.objects.values_list("pk", flat=True)) == set(self.files)

    def resolve(self, user: User) -> None:
        """Decide on a page that may be older than the last decisions."""
        images = self._some(Image.objects.untrashed(), 4)
        chosen = {image.pk: self.rng.choice(Choice.values) for image in images}
        as_of = self.rng.choice([None, max(0, journal.position() - self.rng.randrange(4))])
        newest = journal.position()
        decision = deciding.decide(DecisionRequest(chosen, user, self.rng.random() < 0.7, as_of))
        if decision and decision.pk > newest and as_of is not None:
            later = Decision.objects.filter(pk__gt=as_of, pk__lte=newest)
            seen = later.filter(pk__in=visible_decisions.open_to(user).values("pk"))
            assert not seen.filter(pictures__image__in=list(chosen)).exists()
        if decision and Choice.TRASH in chosen.values():
            self._check_copy_left(decision)

    def merge_many(self, user: User) -> None:
        images = self._some(Image.objects.untrashed(), 6)
        pairs = [images[n : n + 2] for n in range(0, len(images) - 1, 2)]
        chosen = [{a.pk: Choice.KEEP, b.pk: Choice.TRASH} for a, b in pairs]
        if (done := deciding.accept(chosen, user, merge=True)).decision:
            self._check_copy_left(done.decision)

    def trash(self, user: User) -> None:
        library.trash(self._some(Image.objects.untrashed(), 1), user)

    def restore(self, user: User) -> None:
        library.restore(self._some(Image.objects.trashed(), 2), user)

    def withdraw(self, user: User) -> None:
        withdrawal.withdraw(self._some(Verdict.objects.filter(is_inferred=False), 1), user)

    def undo(self, user: User) -> None:
        for decision in self._some(Decision.objects.filter(undoes=None, undone_by=None), 1):
            reversal.undo(decision.pk, user)

    def redo(self, user: User) -> None:
        for decision in self._some(Decision.objects.exclude(undone_by=None), 1):
            reversal.redo(decision.pk, user)
            self._check_copy_left(decision)

    def upload(self, _: User) -> None:
        number, quality = self.rng.randrange(3), self.rng.choice([30, 50, 70, 90])
        outcome = receive(small(number, quality), self.owner)
        if outcome.status == "stored":
            self._note(outcome.image)

    def hash_anew(self, _: User) -> None:
        for image in self._some(Image.objects.all(), 1):
            Image.objects.filter(pk=image.pk).update(phash=None)
            hash_stored(Image.objects.get(pk=image.pk), "file")

    def replace(self, _: User) -> None:
        """Put another file in the place of one: of the same pixels, or of others."""
        for image in self._some(Image.objects.all(), 1):
            data = small(self.rng.randrange(3), self.rng.choice([40, 80])).read()
            if self.rng.random() < 0.5:
                with image.file.open() as file:
                    data = file.read()
                data = data[:2] + b"\xff\xfe\x00\x08" + self.rng.randbytes(6) + data[2:]
            image.file = ContentFile(data, "new.jpg")
            image.save(update_fields=["file"])
            self.files[image.pk] = self._digest(image)
            columns = Image.objects.values("file", *Image.DERIVED).get(pk=image.pk)
            self.start["images"][image.pk] |= columns

    def delete(self, _: User) -> None:
        if Image.objects.count() > 5:
            for image in self._some(Image.objects.trashed(), 1):
                self.start["images"].pop(image.pk)
                self.start["shelves"] = {s for s in self.start["shelves"] if s[1] != image.pk}
                self.files.pop(image.pk)
                image.delete()

    def purge(self, _: User) -> None:
        if Image.objects.count() > 5:
            keys = [image.pk for image in self._some(Image.objects.trashed(), 2)]
            library.purge(Image.objects.filter(pk__in=keys))
            for key in keys:
                self.start["images"].pop(key)
                self.files.pop(key)
            self.start["shelves"] = {s for s in self.start["shelves"] if s[1] not in keys}

    def write(self, _: User) -> None:
        """Change by hand what decisions change too: that stays."""
        for image in self._some(Image.objects.all(), 1):
            name = self.rng.choice(["title", "description", "alt_text"])
            text = f"By hand: {self.rng.random()}"
            Image.objects.filter(pk=image.pk).update(**{name: text})
            self.start["images"][image.pk][name] = text

    def put_on_shelves(self, _: User) -> None:
        for image in self._some(Image.objects.all(), 1):
            model = self.rng.choice([Tag, Album])
            shelf = model.objects.create(name=f"by hand {self.rng.random()}")
            shelf.images.add(image)
            self.start["shelves"].add((model.__name__, image.pk, shelf.pk))

    def move_verdicts(self, _: User) -> None:
        """Write them down, and take them in again: nothing is new to the one who said it."""
        before = verdicts()
        import_verdicts(parsed(exported()))
        assert verdicts() == before

    def edit(self, _: User) -> None:
        """Change by hand what no decision has touched, so that the start is known."""
        for image in self._some(Image.objects.all(), 1):
            Image.objects.filter(pk=image.pk).update(shares_location=True)
            self.start["images"][image.pk]["shares_location"] = True

    def undo_everything(self) -> None:
        standing = Decision.objects.filter(undoes=None, undone_by=None).order_by("-pk")
        for number in list(standing.values_list("pk", flat=True)):
            try:
                reversal.undo(number, self.people[0])
            except DecisionRefused:
                continue  # of what it changed, all was deleted or is as it was

    def check_start(self) -> None:
        now, start = facts(), self.start
        assert now["images"] == start["images"]
        assert now["shelves"] == start["shelves"]
        assert now["verdicts"] == start["verdicts"]
        for image in Image.objects.all():
            assert self._digest(image) == self.files[image.pk]

    def _check_copy_left(self, decision: Decision) -> None:
        """In each cluster that it trashed something of, a picture is left that it kept."""
        pictures = list(decision.pictures.exclude(image=None).select_related("image"))
        trashing = {p.cluster for p in pictures if p.effect == "trashed" and p.image.is_trashed}
        kept = {p.cluster for p in pictures if p.effect == "kept" and not p.image.is_trashed}
        if decision.action in ("resolve", "bulk") and decision.undone_by_id is None:
            assert trashing <= kept or decision.action == "redo" or self._were_trashed(decision)

    def _were_trashed(self, decision: Decision) -> bool:
        """Tell whether what is in the trash got there by another decision."""
        steps = Decision.objects.filter(undoes=decision, action="redo")
        last = steps.first()
        return last is not None and not any(change.trashes for change in changes_of(last))

    def _note(self, image: Image) -> None:
        self.start["images"][image.pk] = Image.objects.values().get(pk=image.pk)
        self.start["images"][image.pk].pop("id")
        self.files[image.pk] = self._digest(image)

    def _hidden_from(self, user: User) -> dict[int, dict[str, Any]]:
        """Return the pictures that nothing `user` decides may touch, unless they decided before."""
        own = DecisionItem.objects.filter(decision__made_by=user).exclude(image=None)
        shown = Image.objects.permitted_to(user).values("pk")
        hidden = Image.objects.exclude(pk__in=shown).exclude(pk__in=own.values("image"))
        return self._rows(hidden.values_list("pk", flat=True))

    def _rows(self, keys: Iterable[int]) -> dict[int, dict[str, Any]]:
        return {
            row["pk"]: row for row in Image.objects.filter(pk__in=list(keys)).values("pk", *TOLD)
        }

    def _some(self, rows: Any, most: int) -> list[Any]:
        found = list(rows.order_by("pk"))
        return self.rng.sample(found, min(len(found), self.rng.randint(1, most)))

    def _digest(self, image: Image) -> str:
        with Image.objects.get(pk=image.pk).file.open() as file:
            return hashlib.sha256(file.read()).hexdigest()


def small(number: int, quality: int) -> SimpleUploadedFile:
    """Return an upload that is quickly decoded."""
    data = encoded(photo(number, (48, 36)), quality=quality)
    return SimpleUploadedFile(f"{number}.jpg", data, content_type="image/jpeg")
