"""Parts and far copies of pictures are found, stored once, and renewed."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage
from PIL import ImageOps

from gallery.models import Closeup, Cluster, DeepMatch, Image, MatchKind, PartMatch
from gallery.parts.seeking import seek_again, unsought
from gallery.worker import finish
from tests.pictures import encoded, scene

AddImage = Callable[..., Image]
QUARTER = (320, 0, 640, 240)


def file_of(image: PillowImage.Image, name: str = "file.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded(image, quality=85))


def test_a_quarter_is_part_of_its_picture_and_of_no_other(add_image: AddImage) -> None:
    whole, part = add_image(file_of(scene(1))), add_image(file_of(scene(1).crop(QUARTER)))
    add_image(file_of(scene(2)))
    assert unsought().count() == 3
    finish()
    row = PartMatch.objects.get()
    assert (row.first, row.second, row.relation) == (whole, part, PartMatch.Relation.CONTAINS)
    assert not unsought().exists()


def test_parts_have_clusters_of_their_own(add_image: AddImage) -> None:
    add_image(file_of(scene(1)))
    add_image(file_of(scene(1).crop(QUARTER)))
    finish()
    cluster = Cluster.objects.get()
    assert (cluster.relation, cluster.kind, cluster.size) == ("parts", MatchKind.PART, 2)


def test_a_collage_contains_its_pictures(add_image: AddImage) -> None:
    collage = PillowImage.new("RGB", (1290, 480), "white")
    for place, seed in enumerate((1, 2)):
        collage.paste(scene(seed), (650 * place, 0))
    pictures = [add_image(file_of(scene(seed))) for seed in (1, 2)]
    whole = add_image(file_of(collage))
    finish()
    rows = PartMatch.objects.filter(second=whole, relation=PartMatch.Relation.PART_OF)
    assert {row.first for row in rows} == set(pictures)


def test_a_negative_is_told(add_image: AddImage) -> None:
    add_image(file_of(scene(1)))
    add_image(file_of(ImageOps.invert(scene(1))))
    finish()
    assert PartMatch.objects.get().relation == PartMatch.Relation.WHOLE


def test_a_tilted_copy_joins_the_cluster_of_copies(add_image: AddImage) -> None:
    tilted = scene(1).rotate(7, PillowImage.Resampling.BICUBIC, fillcolor="white")
    first, second = add_image(file_of(scene(1))), add_image(file_of(tilted))
    finish()
    assert (DeepMatch.objects.get().first, DeepMatch.objects.get().second) == (first, second)
    cluster = Cluster.objects.get()
    assert {member.image_id for member in cluster.memberships.all()} == {first.pk, second.pk}


def test_seeking_again_changes_nothing(add_image: AddImage) -> None:
    image = add_image(file_of(scene(1)))
    add_image(file_of(scene(1).crop(QUARTER)))
    finish()
    before = list(PartMatch.objects.values_list("first", "second", "relation"))
    assert seek_again(image)
    assert unsought().get().image == image
    finish()
    assert list(PartMatch.objects.values_list("first", "second", "relation")) == before


def test_a_deleted_picture_takes_its_parts_along(add_image: AddImage) -> None:
    image = add_image(file_of(scene(1)))
    add_image(file_of(scene(1).crop(QUARTER)))
    finish()
    image.delete()
    assert not PartMatch.objects.exists()
    add_image(SimpleUploadedFile("again.jpg", encoded(scene(1).crop(QUARTER), quality=70)))
    finish()
    assert not PartMatch.objects.exists()
    assert not Cluster.objects.filter(relation="parts").exists()


def test_pictures_without_keypoints_have_no_parts(db: None) -> None:
    image = Image.objects.create(file=file_of(PillowImage.new("RGB", (200, 200), "teal")))
    finish()
    assert Closeup.objects.get(image=image).sought_by > 0
    assert not PartMatch.objects.exists()
