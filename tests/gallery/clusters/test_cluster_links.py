"""How the members of a cluster are linked, and where their weakest link is."""

from django.contrib.auth.models import User

from gallery.matching.computed_clusters import image_clusters
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.gallery.linked_pictures import chain, keys, said, table, table_of
from tests.gallery.match_rows import add, picture


class TestLinks:
    def test_weakest_link_is_where_the_gap_is(self, db: None) -> None:
        a, b, c, d = chain(0, 4, 30, 34)
        links = table().links
        assert links.weakest is not None
        assert links.weakest.weight == 26
        assert {frozenset(links.far_side), frozenset(keys(a, b, c, d)) - set(links.far_side)} == {
            frozenset(keys(a, b)),
            frozenset(keys(c, d)),
        }

    def test_what_is_known_to_be_a_duplicate_is_no_weak_link(self, reviewer: User) -> None:
        a, b, c = chain(0, 10, 40)
        said(b, c, "duplicate", reviewer)
        links = table().links
        assert links.weakest is not None
        assert links.weakest.weight == 10
        assert set(links.far_side) in ({a.pk}, {b.pk, c.pk})

    def test_settled_pairs_hold_nothing_together(self, reviewer: User) -> None:
        a, b, c = chain(0, 10, 20)
        said(a, c, "related", reviewer)
        links = table().links
        assert len(links.open) == 2
        words = {
            pair.words for _, pairs, _ in table().rows for pair in pairs if {
                pair.column.image, pair.row.image} == {a, c}
        }  # fmt: skip
        assert words == {"marked as related"}
        assert any(
            "were marked as related; they are only linked through" in sentence
            for sentence in table().indirect
        )
        assert b.pk in links.number_of

    def test_similar_pictures_are_linked_by_distance(self, db: None) -> None:
        values = (0, 0b1111, 0b111111, 0b111111 << 20)
        made = add(
            [
                picture(9, number, **{"digest": f"px1:near-{number}"})
                for number in range(len(values))
            ]
        )
        for image, value in zip(made, values, strict=True):
            image.phash = PerceptualHash(value)
            image.save(update_fields=["phash"])
        (cluster,) = image_clusters("phash", 10, kind="near")
        links = table_of(cluster).links
        assert links.width == 64
        assert links.weakest is not None
        assert links.weakest.weight == 6
        assert links.far_side == [made[3].pk]

    def test_equal_copies_are_one_content(self, db: None) -> None:
        add([picture(1, sha256=f"{number}") for number in range(3)])
        links = table().links
        assert len(links.contents) == 1
        assert links.weakest is None
        shown = table()
        assert shown.outlook is None
        assert {pair.words for _, pairs, _ in shown.rows for pair in pairs} == {"Same pixels"}
