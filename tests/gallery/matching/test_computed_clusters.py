"""Clusters of pictures, less what people have settled."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from gallery import library
from gallery.matching.computed_clusters import ClusterKind, image_clusters
from gallery.models import Image
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.uploads.accepted_files import decoded
from gallery.uploads.details import Details
from gallery.uploads.new_pictures import store
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]


def copy_of(image: Image, name: str = "copy.jpg") -> Image:
    """Store the file of `image` again, as an import of another path does."""
    with image.file.open() as file:
        again = SimpleUploadedFile(name, file.read())
    return store(again, decoded(again), image.owner, name, Details(source=f"copies/{name}"))


def keys(**query: Any) -> list[set[int]]:
    return [set(found.keys) for found in image_clusters(**query)]


@pytest.fixture
def family(add_image: AddImage) -> list[Image]:
    """A picture, the same file again, the same pixels in another file, and a re-encoded copy."""
    original = add_image(1)
    tagged = SimpleUploadedFile("tagged.jpg", encoded(photo(1), comment=b"holiday"))
    return [original, copy_of(original), add_image(tagged), add_image(upload(1, quality=30))]


def test_empty_gallery_has_none(db: None) -> None:
    assert image_clusters() == []


def test_copies_are_one_cluster(family: list[Image], add_image: AddImage) -> None:
    add_image(2)
    (found,) = image_clusters()
    assert set(found.keys) == {image.pk for image in family}
    assert found.representative == family[0].pk
    assert found.kind == ClusterKind.NEAR


def test_kinds_are_told_apart(family: list[Image]) -> None:
    original, copy, tagged, _ = family
    assert keys(kind="bytes") == [{original.pk, copy.pk}]
    assert keys(kind="pixels") == [{original.pk, copy.pk, tagged.pk}]
    tagged.delete()
    assert keys(kind="pixels") == []
    assert len(keys(kind="near")) == 1


def test_cluster_of_equal_files_is_called_so(add_image: AddImage) -> None:
    copy_of(add_image(1))
    assert [found.kind for found in image_clusters()] == [ClusterKind.SAME_BYTES]


def test_size_can_be_demanded(family: list[Image]) -> None:
    assert len(image_clusters(min_size=4)) == 1
    assert image_clusters(min_size=5) == []


def test_distance_zero_keeps_equal_hashes(family: list[Image]) -> None:
    assert {family[0].pk, family[1].pk, family[2].pk} <= keys(max_distance=0)[0]


def test_trash_is_left_out(family: list[Image], ann: User) -> None:
    library.trash(family[2:], ann)
    assert keys() == [{family[0].pk, family[1].pk}]


def test_flat_pictures_join_their_equals_only(add_image: AddImage) -> None:
    def flat(colour: str, level: int) -> Image:
        data = encoded(PillowImage.new("RGB", (64, 64), colour), "PNG", compress_level=level)
        return add_image(SimpleUploadedFile(f"{colour}{level}.png", data))

    white = [flat("white", 0), flat("white", 9)]
    flat("black", 9)
    assert keys() == [{image.pk for image in white}]
    assert image_clusters()[0].kind == ClusterKind.SAME_PIXELS


class TestSettled:
    def test_not_a_duplicate_leaves_the_cluster(self, family: list[Image], ann: User) -> None:
        choices = dict.fromkeys((image.pk for image in family), Choice.LATER)
        deciding.decide(DecisionRequest({**choices, family[3].pk: Choice.NOT_A_DUPLICATE}, ann))
        assert keys() == [{image.pk for image in family[:3]}]

    def test_pair_stays_apart_at_any_distance_and_method(
        self, add_image: AddImage, ann: User
    ) -> None:
        pair = [add_image(1), add_image(upload(1, quality=30))]
        deciding.decide(DecisionRequest({image.pk: Choice.NOT_A_DUPLICATE for image in pair}, ann))
        for by in ("phash", "dhash", "ahash", "whash", "colorhash"):
            assert keys(by=by, max_distance=32) == []

    def test_verdict_outlives_the_pictures(self, add_image: AddImage, ann: User) -> None:
        pair = [add_image(1), add_image(upload(1, quality=30))]
        deciding.decide(DecisionRequest({image.pk: Choice.NOT_A_DUPLICATE for image in pair}, ann))
        for image in pair:
            image.delete()
        add_image(1)
        add_image(upload(1, quality=30))
        assert keys() == []

    def test_newcomer_opens_its_own_pairs(self, add_image: AddImage, ann: User) -> None:
        pair = [add_image(1), add_image(upload(1, quality=30))]
        deciding.decide(DecisionRequest({image.pk: Choice.KEEP for image in pair}, ann))
        assert keys() == []
        newcomer = add_image(upload(1, quality=60))
        (cluster,) = keys()
        assert newcomer.pk in cluster

    def test_equal_copies_kept_apart_do_not_settle_a_third(
        self, add_image: AddImage, ann: User
    ) -> None:
        original = add_image(1)
        copy = copy_of(original)
        deciding.decide(DecisionRequest({original.pk: Choice.KEEP, copy.pk: Choice.KEEP}, ann))
        assert keys() == keys(kind="bytes") == []
        third = copy_of(original, "third.jpg")
        assert all(third.pk in cluster for cluster in keys())
        assert len(keys()) == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"min_size": 1}, "Value for 'min_size' must be 2 or more, not 1."),
        ({"max_distance": 65}, "Value for 'max_distance' must be from 0 to 64, not 65."),
        ({"by": "md5"}, "Value for 'by' must be one of: 'ahash', 'dhash', "),
        ({"kind": "odd"}, "Value for 'kind' must be one of: 'bytes', 'pixels', 'near', not 'odd'."),
    ],
)
def test_argument_out_of_range_is_named(db: None, query: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        image_clusters(**query)
