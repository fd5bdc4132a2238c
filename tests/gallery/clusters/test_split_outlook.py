"""What a split would do, in figures and in words."""

from django.contrib.auth.models import User

from gallery.clusters.split_outlook import SplitOutlook
from tests.gallery.linked_pictures import chain, found, keys, said, table, table_of
from tests.gallery.match_rows import add, picture


class TestOutlook:
    def test_says_what_will_happen(self, db: None) -> None:
        a, b, c, d, e = chain(0, 3, 6, 40, 43)
        outlook = table().outlook
        assert outlook is not None
        assert set(outlook.leave) in ({d.pk, e.pk}, {a.pk, b.pk, c.pk})
        links = table().links
        assert SplitOutlook.of(links, keys(d, e)).sentence == (
            "3 pictures stay together, 2 pictures leave together; "
            "6 pairs will be marked as not duplicates."
        )

    def test_says_who_is_left_alone(self, reviewer: User) -> None:
        a, b, c = chain(0, 10, 20)
        said(a, c, "related", reviewer)
        links = table().links
        sentence = SplitOutlook.of(links, keys(b)).sentence
        assert sentence.startswith("2 pictures stay, each by itself, 1 picture leaves; 2 pairs")
        assert "1 more is marked already." in SplitOutlook.of(links, keys(c)).sentence

    def test_copies_go_along(self, db: None) -> None:
        add([picture(1, sha256=f"{number}") for number in range(3)])
        (other,) = add([picture(1, 1)])
        cluster = found()
        links = table_of(cluster).links
        copy = next(key for key in cluster.keys if key != other.pk)
        outlook = SplitOutlook.of(links, [copy])
        assert len(outlook.leave) == 3
        assert outlook.stay == [other.pk]
        everyone = SplitOutlook.of(links, [copy, other.pk])
        assert "all pictures are selected" in everyone.problem
