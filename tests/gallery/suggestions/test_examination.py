"""What the files of copies tell about their provenance, and the suggestions that follow."""

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageOps

from gallery.matching import follower
from gallery.models import Cluster, Image, Provenance
from gallery.suggestions import examination
from gallery.suggestions.examination import examine, examine_cluster
from gallery.suggestions.policy import Preference
from gallery.suggestions.provenance import unexamined_clusters
from gallery.suggestions.suggestion import Suggestion, suggestion
from hashing.exceptions import Refusal
from tests.pictures import encoded, photo

AddImage = Callable[..., Image]
Draw = Callable[..., Image]

ONCE = "never re-saved"
PAGE = "/admin/gallery/image/duplicates/"


@pytest.fixture
def store(add_image: AddImage) -> Draw:
    """A function that stores a drawing as a file."""

    def stored(drawing: PillowImage.Image, format: str = "JPEG", **options: Any) -> Image:
        data = encoded(drawing, format, **options)
        name = f"{Image.objects.count()}.{format.lower()}"
        return add_image(SimpleUploadedFile(name, data, f"image/{format.lower()}"))

    return stored


def detailed(seed: int) -> PillowImage.Image:
    """Return a picture with grain, which photo() has not."""
    levels = np.asarray(photo(seed), dtype=np.float64)
    grain = np.random.default_rng(seed).normal(size=(*levels.shape[:2], 1)) * 20
    return PillowImage.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8))


def opened(image: Image) -> PillowImage.Image:
    with image.file.open() as file:
        return PillowImage.open(BytesIO(file.read())).convert("RGB")


def suggested(*images: Image) -> Suggestion | None:
    rows = list(Image.objects.filter(pk__in=[image.pk for image in images]))
    return suggestion(rows, Preference(), examine(rows))


def saved_once(store: Draw) -> tuple[Image, Image]:
    first = store(photo(1), quality=75)
    return first, store(opened(first), quality=95)


class TestSuggestion:
    @pytest.mark.parametrize(
        "edit",
        [
            lambda drawing: drawing,
            ImageOps.mirror,
            lambda drawing: drawing.transpose(PillowImage.Transpose.ROTATE_90),
            lambda drawing: drawing.convert("L"),
        ],
        ids=["same", "mirrored", "turned", "grey"],
    )
    def test_saved_once_rather_than_twice(
        self, store: Draw, edit: Callable[[PillowImage.Image], PillowImage.Image]
    ) -> None:
        first = store(photo(1, (320, 248)), quality=60)
        again = store(edit(opened(first)), quality=95)
        found = suggested(first, again)
        assert found
        assert (found.key, found.reasons[0]) == (
            first.pk,
            ONCE,
        )

    def test_saved_once_rather_than_without_losses_afterwards(self, store: Draw) -> None:
        first = store(photo(1), quality=75)
        found = suggested(first, store(opened(first), "PNG"))
        assert found
        assert (found.key, found.reasons[0]) == (
            first.pk,
            ONCE,
        )

    def test_a_higher_quality_that_is_true_stays_better(self, store: Draw) -> None:
        worse, better = store(photo(1), quality=60), store(photo(1), quality=85)
        found = suggested(worse, better)
        assert found
        assert found.key == better.pk
        assert found.reasons[0] == "JPEG quality 85 instead of 60"

    @pytest.mark.parametrize("scale", [1.5, 2])
    @pytest.mark.parametrize("filter_", ["BICUBIC", "LANCZOS"])
    def test_not_the_enlarged_copy(self, store: Draw, scale: float, filter_: str) -> None:
        first = store(detailed(1), quality=95)
        size = (round(320 * scale), round(240 * scale))
        large = opened(first).resize(size, PillowImage.Resampling[filter_])
        found = suggested(first, store(large, quality=90))
        assert found
        assert found.key == first.pk
        assert found.reasons[0] == "the larger copy is only an upscale"

    def test_nor_a_reduced_one(self, store: Draw) -> None:
        first = store(detailed(1), quality=80)
        found = suggested(first, store(opened(first).resize((160, 120)), quality=95))
        assert found
        assert (found.key, found.reasons[0]) == (first.pk, "4.0× the pixels")

    @pytest.mark.parametrize("colour", ["black", "white", "red"])
    @pytest.mark.parametrize("edge", ["", "white", "black"], ids=["", "white edge", "black edge"])
    def test_not_the_bordered_copy(self, store: Draw, edge: str, colour: str) -> None:
        drawing = ImageOps.expand(photo(1), 14, edge) if edge else photo(1)
        first = store(drawing, quality=85)
        found = suggested(first, store(ImageOps.expand(drawing, 30, colour), quality=95))
        assert found
        assert found.key == first.pk
        assert found.reasons[0] == ("no border added" if edge else "no border or caption")

    def test_nor_the_one_with_a_caption(self, store: Draw) -> None:
        first = store(photo(1), quality=85)
        larger = ImageOps.pad(photo(1), (320, 290), color="white", centering=(0, 0))
        ImageDraw.Draw(larger).text((10, 250), "When you see it at last, and know it", "black")
        found = suggested(first, store(larger, quality=95))
        assert found
        assert (found.key, found.reasons[0]) == (first.pk, "no border or caption")


class TestReading:
    def test_each_file_is_read_once(self, store: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
        images = saved_once(store)
        examine(images)
        assert Provenance.objects.get(pk=images[1].content_digest).earlier_quality in range(72, 79)
        monkeypatch.setattr(examination, "decode_luma", pytest.fail)
        assert examine(images).keys() == {image.content_digest for image in images}

    def test_a_newcomer_is_held_against_who_was_there(self, store: Draw) -> None:
        first = store(detailed(1), quality=95)
        larger = store(opened(first).resize((640, 480), PillowImage.Resampling.BICUBIC), quality=90)
        examine([larger])
        examine([first, larger])
        provenance = Provenance.objects.get(pk=larger.content_digest)
        assert provenance.enlarged_from == first.content_digest

    def test_every_step_reads_little_and_stores_what_it_found(self, store: Draw) -> None:
        first = store(detailed(1), quality=95)
        enlarged = opened(first).resize((640, 480), PillowImage.Resampling.BICUBIC)
        large = store(enlarged, quality=90)
        follower.finish()
        steps = examine_cluster(Cluster.objects.get().pk)
        for read in (1, 2):
            next(steps)
            assert Provenance.objects.count() == read
        next(steps)
        stored = Provenance.objects.get(pk=large.content_digest)
        assert (stored.enlarged_from, stored.is_compared) == (first.content_digest, False)
        assert len(list(steps)) == 1
        assert Provenance.objects.filter(is_compared=True).count() == 2

    def test_memory_that_is_short_ends_the_steps(
        self, store: Draw, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        images = saved_once(store)

        def refuse(*_: Any) -> None:
            raise Refusal("busy", "Too many files at once.")

        monkeypatch.setattr(examination, "decode_luma", refuse)
        assert examine(images) == {}
        monkeypatch.undo()
        assert len(examine(images)) == 2

    def test_missing_files_are_tried_again(
        self, store: Draw, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, again = saved_once(store)
        with again.file.open() as file:
            data = file.read()
        again.file.storage.delete(again.file.name)
        assert suggested(first, again).key == again.pk
        assert "Cannot read" in caplog.text
        again.file.storage.save(again.file.name, BytesIO(data))
        assert suggested(first, again).key == first.pk

    def test_damaged_files_tell_nothing(
        self, store: Draw, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, again = saved_once(store)
        again.file.storage.delete(again.file.name)
        again.file.storage.save(again.file.name, BytesIO(b"nothing of a picture"))
        assert suggested(first, again).key == again.pk
        assert "Cannot examine how" in caplog.text
        assert Provenance.objects.count() == 2


class TestWhere:
    def test_the_page_says_why_once_the_files_are_read(self, store: Draw, page: Client) -> None:
        first, again = saved_once(store)
        follower.finish()
        response = page.get(PAGE)
        (card,) = response.context["cards"]
        assert (card.suggested, card.is_unread) == (again, True)
        assert "Not all of these files have been read yet" in response.content.decode()
        call_command("compare", verbosity=0)
        response = page.get(PAGE)
        (card,) = response.context["cards"]
        assert not card.is_unread
        assert "have been read yet" not in response.content.decode()
        assert (card.suggested, card.suggestion.reasons[0]) == (
            first,
            ONCE,
        )

    def test_the_command_looks_at_all_clusters(self, store: Draw) -> None:
        images = [*saved_once(store), store(photo(7))]
        call_command("compare", verbosity=0)
        assert Cluster.objects.count() == 1
        known = set(Provenance.objects.values_list("pk", flat=True))
        assert known == {image.content_digest for image in images[:2]}
        assert not unexamined_clusters().exists()

    def test_equal_files_need_no_look(self, store: Draw, page: Client) -> None:
        image = store(photo(1))
        for title in ("one", "two"):
            image.pk, image.public_id, image.title = None, uuid.uuid4(), title
            image.save(force_insert=True)
        call_command("compare", verbosity=0)
        (card,) = page.get(PAGE).context["cards"]
        assert not card.is_unread
        assert not Provenance.objects.exists()
