"""What a split will leave of a cluster, and what it leaves."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gallery import library
from gallery.clusters.split_outlook import SplitOutlook
from gallery.clusters.visible_clusters import VisibleClusters
from gallery.decisions import Conflict, journal, reversal
from gallery.matching import follower
from gallery.models import Cluster, Decision, Image, Verdict
from gallery.review.decision_request import SplitRequest
from gallery.review.splitting import split
from tests.gallery.linked_pictures import chain, clusters, keys, said, table, table_of
from tests.gallery.match_rows import add, picture, stored


def test_hidden_pictures_that_hold_both_parts_together_are_told_of(bob: User, ann: User) -> None:
    a, b, c = chain(0, 30, 60)
    hidden = chain(29, 31, owner=bob, visibility="private")
    outlook = SplitOutlook.of(table(ann).links, keys(c))
    split(SplitRequest(outlook.stay, outlook.leave, ann, journal.position()))
    follower.finish()
    shown = [set(cluster.keys) for cluster in VisibleClusters(ann).first()]
    assert [group for group in outlook.groups if len(group) > 1] == shown
    assert ("will still be shown together" in outlook.sentence) is any(
        {a.pk, b.pk} & group and c.pk in group for group in shown
    )
    assert str(hidden[0]) not in outlook.sentence


class TestSplit:
    def test_falls_apart_and_stays_so(self, reviewer: User) -> None:
        a, b, c, d = chain(0, 4, 30, 34)
        assert clusters() == [keys(a, b, c, d)]
        decision = split(SplitRequest(keys(a, b), keys(c, d), reviewer, journal.position()))
        assert decision.summary == "split off 2 of 4 pictures, 4 pairs marked as not duplicates"
        assert clusters() == [keys(a, b), keys(c, d)]
        call_command("match_pictures", "--all", verbosity=0)
        assert clusters() == [keys(a, b), keys(c, d)]

    def test_writes_each_verdict_once(self, reviewer: User) -> None:
        a, b, c = chain(0, 4, 30)
        with CaptureQueriesContext(connection) as queries:
            split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))
        written = [one["sql"][:6] for one in queries if '"gallery_verdict"' in one["sql"]]
        assert (written.count("INSERT"), written.count("UPDATE")) == (1, 0)

    def test_survives_a_new_import_of_the_same_content(self, reviewer: User) -> None:
        a, b, c, d = chain(0, 4, 30, 34)
        clusters()
        split(SplitRequest(keys(a, b), keys(c, d), reviewer, journal.position()))
        Image.objects.filter(pk=c.pk).delete()
        (again,) = chain(30)
        assert clusters() == [keys(a, b), keys(d, again)]

    def test_is_taken_back_and_made_again_as_one(self, reviewer: User) -> None:
        a, b, c = chain(0, 4, 30)
        clusters()
        before = stored()
        decision = split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))
        after = clusters()
        reversal.undo(decision.pk, reviewer)
        assert clusters() == [keys(a, b, c)]
        assert stored() == before
        assert not Verdict.objects.exists()
        reversal.redo(decision.pk, reviewer)
        assert clusters() == after

    def test_known_duplicates_are_not_parted(self, reviewer: User) -> None:
        a, b, c = chain(0, 4, 30)
        said(b, c, "duplicate", reviewer)
        was = stored(), list(Verdict.objects.values_list())
        with pytest.raises(Conflict, match="one pair is marked as duplicates"):
            split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))
        assert (stored(), list(Verdict.objects.values_list())) == was
        assert Decision.objects.count() == 1

    def test_what_follows_from_duplicates_is_not_parted_either(self, reviewer: User) -> None:
        a, b, c = chain(0, 4, 30)
        said(a, b, "duplicate", reviewer)
        said(b, c, "duplicate", reviewer)
        with pytest.raises(Conflict, match="2 pairs are marked as duplicates"):
            split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))

    def test_leaves_what_was_said_before(self, reviewer: User) -> None:
        a, b, c = chain(0, 4, 30)
        said(a, c, "related", reviewer)
        clusters()
        split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))
        assert sorted(Verdict.objects.values_list("kind", flat=True)) == [
            "not_a_duplicate",
            "related",
        ]
        with pytest.raises(Conflict, match="settled already"):
            split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))

    def test_second_reviewer_is_told_of_the_first(self, reviewer: User, admin: User) -> None:
        a, b, c = chain(0, 4, 30)
        as_of = journal.position()
        split(SplitRequest(keys(a, b), keys(c), reviewer, as_of))
        with pytest.raises(Conflict, match="rae split a cluster just now: split off 1 of 3"):
            split(SplitRequest(keys(a), keys(b, c), admin, as_of))

    def test_copies_of_one_content_are_not_parted(self, reviewer: User) -> None:
        a, b = add([picture(1, sha256=f"{number}") for number in range(2)])
        (c,) = add([picture(1, 1)])
        with pytest.raises(Conflict, match="same pixels"):
            split(SplitRequest(keys(a), keys(b, c), reviewer, journal.position()))
        assert not Verdict.objects.exists()

    @pytest.mark.parametrize("change", ["trash", "hide"])
    def test_what_has_gone_is_not_split(self, reviewer: User, bob: User, change: str) -> None:
        a, b, c = chain(0, 4, 30)
        if change == "trash":
            library.trash([c], reviewer)
        else:
            Image.objects.filter(pk=c.pk).update(owner=bob, visibility="private")
        with pytest.raises(Conflict, match="Nothing was changed"):
            split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))
        assert not Verdict.objects.exists()

    def test_too_many_pairs_are_refused(self, reviewer: User, monkeypatch: Any) -> None:
        a, b, c = chain(0, 4, 30)
        monkeypatch.setattr("gallery.verdicts.split_rules.MOST_PAIRS", 1)
        with pytest.raises(Conflict, match="2 pairs would need a verdict"):
            split(SplitRequest(keys(a, b), keys(c), reviewer, journal.position()))


class TestAnySplit(TestCase):
    """Whatever the distances, and whoever is chosen: no cluster holds two of both parts again."""

    @settings(max_examples=8, deadline=None)
    @given(
        st.lists(st.integers(0, 160), unique=True, min_size=3, max_size=6),
        st.sets(st.integers(0, 5), min_size=1, max_size=3),
    )
    def test_stays_apart(self, flipped: list[int], places: set[int]) -> None:
        reviewer = User.objects.create_superuser("rae")
        made = chain(*flipped)
        leave = [image.pk for place, image in enumerate(made) if place in places]
        stay = [image.pk for image in made if image.pk not in leave]
        if not leave or not stay:
            return
        before = clusters()
        decision = split(SplitRequest(stay, leave, reviewer, journal.position()))
        # One pass over everything gives the same rows as keeping abreast.
        apart = clusters()
        follower.rebuild()
        assert clusters() == apart
        for cluster in Cluster.objects.all():
            members = set(cluster.memberships.values_list("image", flat=True))
            assert not (members & set(stay) and members & set(leave))
        reversal.undo(decision.pk, reviewer)
        assert clusters() == before

    @settings(max_examples=12, deadline=None)
    @given(
        st.lists(st.integers(0, 160), unique=True, min_size=3, max_size=7),
        st.sets(st.integers(0, 6), min_size=1, max_size=3),
        st.dictionaries(
            st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]),
            st.sampled_from(Verdict.Kind.values),
            max_size=3,
        ),
    )
    @example([0, 40, 80, 120, 160, 60, 100], {0}, {})
    @example([0, 20, 40, 60, 80, 10, 30], {2, 3}, {(0, 1): "duplicate"})
    def test_is_foretold(
        self, flipped: list[int], places: set[int], sayings: dict[tuple[int, int], str]
    ) -> None:
        """The pictures that a split leaves together are the ones that the outlook named."""
        reviewer = User.objects.create_superuser("rae")
        made = chain(*flipped)
        for (a, b), kind in sayings.items():
            if b < len(made):
                said(made[a], made[b], kind, reviewer)
        follower.finish()
        for cluster in VisibleClusters(None).first(1):
            links = table_of(cluster).links
            leave = [key for place, key in enumerate(cluster.keys) if place in places]
            outlook = SplitOutlook.of(links, leave)
            if outlook.problem:
                continue
            split(SplitRequest(outlook.stay, outlook.leave, reviewer, journal.position()))
            groups = [set(found) & set(cluster.keys) for found in clusters()]
            alone = set(cluster.keys).difference(*groups)
            together = [*filter(None, groups), *({key} for key in alone)]
            assert sorted(map(sorted, filter(None, outlook.groups))) == sorted(
                map(sorted, together)
            )
