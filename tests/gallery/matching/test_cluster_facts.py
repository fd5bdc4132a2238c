"""Clusters as plain values."""

from gallery.matching.cluster_facts import cluster_facts
from gallery.matching.computed_clusters import ImageCluster, image_clusters
from gallery.models import Image
from tests.gallery.match_rows import add, picture


def clusters() -> list[ImageCluster]:
    add(picture(1, variant, original_name=f"{variant}.jpg") for variant in range(3))
    return image_clusters()


def test_members_come_nearest_first_with_hashes_in_hex(db: None) -> None:
    (facts,) = cluster_facts(clusters(), "phash")
    first = Image.objects.order_by("pk")[0]
    assert facts["representative"] == facts["members"][0]["id"] == str(first.public_id)
    assert [member["name"] for member in facts["members"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert {member["hash"] for member in facts["members"]} == {first.phash.hex}
    assert (facts["kind"], facts["diameter"]) == ("near", 0)


def test_deleted_pictures_are_left_out_and_one_alone_is_no_cluster(db: None) -> None:
    found = clusters()
    first, second, third = Image.objects.order_by("pk")
    first.delete()
    (facts,) = cluster_facts(found, "phash")
    assert facts["representative"] == str(second.public_id)
    third.delete()
    assert cluster_facts(found, "phash") == []
