"""What is stored about the provenance of pictures."""

from gallery.matching import follower
from gallery.models import Cluster, Image, Provenance
from gallery.suggestions.provenance import (
    known_provenance,
    store_provenance,
    unexamined_clusters,
)
from tests.gallery.match_rows import add, picture


def rows(*digests: str, **columns: object) -> dict[str, Provenance]:
    return {digest: Provenance(content_digest=digest, **columns) for digest in digests}


def test_rows_are_read_by_content(db: None) -> None:
    store_provenance(rows("px1:1-0", "px1:9-9", earlier_quality=60))
    known = known_provenance([picture(1), picture(1), picture(2), Image()])
    assert known.keys() == {"px1:1-0"}
    assert known["px1:1-0"].earlier_quality == 60
    assert known_provenance([]) == {}


def test_a_row_takes_the_place_of_an_earlier_one(db: None) -> None:
    store_provenance(rows("px1:1-0", earlier_quality=60))
    store_provenance(rows("px1:1-0", "px1:1-1", inner_width=9))
    assert set(Provenance.objects.values_list("earlier_quality", "inner_width")) == {(0, 9)}


def test_a_cluster_is_unexamined_until_all_its_copies_were_compared(db: None) -> None:
    add([picture(1), picture(1, 1), picture(2), picture(2)])
    follower.finish()
    cluster = Cluster.objects.get(kind="copy")
    assert list(unexamined_clusters()) == [cluster.pk]
    assert not unexamined_clusters(after=cluster.pk).exists()
    store_provenance(rows("px1:1-0", is_compared=True) | rows("px1:1-1"))
    assert list(unexamined_clusters()) == [cluster.pk]
    store_provenance(rows("px1:1-1", is_compared=True))
    assert not unexamined_clusters().exists()
