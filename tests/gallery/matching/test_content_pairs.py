"""Links between contents as the pairs that are cut into clusters."""

from gallery.matching.content_pairs import content_pairs
from hashing.matching import clusters


def test_copies_of_one_content_are_one_node() -> None:
    pairs = content_pairs([[3, 1], [2], [9]], [(0, 1, 5)])
    (cluster,) = clusters(pairs)
    assert cluster.members == ((1, 0), (3, 0), (2, 5))


def test_without_links_only_copies_are_clusters() -> None:
    assert [cluster.members for cluster in clusters(content_pairs([[1, 2], [3]], []))] == [
        ((1, 0), (2, 0))
    ]
    assert clusters(content_pairs([], [])) == []
