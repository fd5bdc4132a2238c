"""Decisions about clusters."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from gallery import library
from gallery.decisions import Conflict, journal, reversal
from gallery.models import Decision, Image, Verdict
from gallery.review import deciding, withdrawal
from gallery.review.decision_request import Choice, DecisionRequest, SplitRequest
from gallery.review.splitting import split
from tests.gallery.match_rows import add, picture
from tests.gallery.review_letters import decide, kinds
from tests.many_at_once import all_at_once
from tests.pictures import upload

AddImage = Callable[..., Image]


class TestDecide:
    def test_kept_and_trashed_are_duplicates(self, trio: list[Image], reviewer: User) -> None:
        decision = decide(trio, "ktt", reviewer)
        assert decision.summary == "kept 1, trashed 2"
        assert list(Image.objects.untrashed()) == trio[:1]
        assert kinds(is_inferred=False) == ["duplicate", "duplicate"]

    def test_kept_side_by_side_are_related(self, trio: list[Image], reviewer: User) -> None:
        assert decide(trio, "kkk", reviewer).summary == "kept 3"
        assert kinds() == ["related"] * 3
        assert Image.objects.untrashed().count() == 3

    def test_later_says_nothing(self, trio: list[Image], reviewer: User) -> None:
        assert decide(trio, "lll", reviewer) is None
        assert LogEntry.objects.count() == 0

    def test_not_a_duplicate_is_so_of_all_others(self, trio: list[Image], reviewer: User) -> None:
        decide(trio, "nll", reviewer)
        assert kinds() == ["not_a_duplicate"] * 2

    def test_related_is_so_of_all_others(self, trio: list[Image], reviewer: User) -> None:
        decide(trio, "ktr", reviewer)
        assert kinds(is_inferred=False) == ["duplicate", "related", "related"]

    @pytest.mark.parametrize("choices", ["ttt", "ttl", "tnn"])
    def test_nothing_is_trashed_unless_one_is_kept(
        self, trio: list[Image], reviewer: User, choices: str
    ) -> None:
        with pytest.raises(Conflict, match="must be kept"):
            decide(trio, choices, reviewer)
        assert Image.objects.untrashed().count() == 3
        assert not Verdict.objects.exists()

    def test_new_verdict_replaces_the_old_one(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        decide(trio[:2], "kk", reviewer)
        decide(trio[:2], "nn", admin)
        verdict = Verdict.objects.get()
        assert (verdict.kind, verdict.decided_by) == ("not_a_duplicate", admin)
        assert verdict.first_digest < verdict.second_digest

    def test_same_verdict_stays_with_who_said_it_first(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        decide(trio[:2], "kk", reviewer)
        decide(trio[:2], "kk", admin)
        assert Verdict.objects.get().decided_by == reviewer

    def test_restore_brings_everything_back(self, trio: list[Image], reviewer: User) -> None:
        before = list(Image.objects.order_by("pk").values())
        decide(trio, "ktt", reviewer)
        library.restore(trio, reviewer)
        assert list(Image.objects.order_by("pk").values()) == before

    def test_log_says_who_did_it(self, trio: list[Image], reviewer: User) -> None:
        decide(trio, "kkt", reviewer)
        told = {entry.object_id: entry.get_change_message() for entry in LogEntry.objects.all()}
        assert {entry.user for entry in LogEntry.objects.all()} == {reviewer}
        assert told == {
            str(trio[0].pk): "Resolved a cluster: kept",
            str(trio[1].pk): "Resolved a cluster: kept",
            str(trio[2].pk): "Resolved a cluster: trashed",
        }

    def test_log_knows_every_step(self, trio: list[Image], admin: User) -> None:
        a, b, c = trio
        made = deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, admin))
        assert made
        reversal.undo(made.pk, admin)
        reversal.redo(made.pk, admin)
        library.restore([b], admin)
        reversal.undo(made.pk, admin)
        split(SplitRequest([a.pk, b.pk], [c.pk], admin, journal.position()))
        deciding.accept([{a.pk: Choice.KEEP, c.pk: Choice.TRASH}], admin)
        library.trash([b], admin)
        withdrawal.withdraw(Verdict.objects.filter(is_inferred=False)[:1], admin)
        library.purge(Image.objects.filter(pk=b.pk), admin)
        entries = LogEntry.objects.order_by("pk")
        told = dict.fromkeys(entry.change_message.partition(":")[0] for entry in entries)
        assert list(told) == [
            "Resolved a cluster",
            "Undid a decision",
            "Redid a decision",
            "Restored pictures from the trash",
            "Split a cluster",
            "Accepted suggestions",
            "Moved pictures to the trash",
            "Withdrew verdicts",
            "Deleted permanently from the trash",
        ]
        assert {entry.user for entry in entries} == {admin}
        assert all(entry.action_time for entry in entries)

    def test_private_pictures_of_others_are_out_of_reach(
        self, add_image: AddImage, reviewer: User
    ) -> None:
        pair = [add_image(upload(1, quality=q), visibility="private") for q in (90, 30)]
        with pytest.raises(Conflict, match="2 of these pictures"):
            decide(pair, "kt", reviewer)


class TestTwoReviewers:
    def test_second_is_told_who_did_what(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        seen = journal.position()
        decide(trio, "ktt", reviewer)
        with pytest.raises(Conflict, match="rae resolved a cluster just now: kept 1, trash"):
            decide(trio, "tkt", admin, as_of=seen)
        assert list(Image.objects.untrashed()) == trio[:1]

    def test_verdicts_count_as_well(self, trio: list[Image], reviewer: User, admin: User) -> None:
        seen = journal.position()
        decide(trio[:2], "nn", reviewer)
        with pytest.raises(Conflict, match="rae resolved"):
            decide(trio, "ktt", admin, as_of=seen)
        decide(trio, "ktt", admin, as_of=journal.position())

    def test_decisions_elsewhere_do_not(
        self, trio: list[Image], add_image: AddImage, reviewer: User, admin: User
    ) -> None:
        others = [add_image(upload(2, quality=quality)) for quality in (90, 30)]
        seen = journal.position()
        decide(others, "kt", reviewer)
        assert decide(trio, "ktt", admin, as_of=seen)

    def test_without_a_position_missing_pictures_tell(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        decide(trio, "ktt", reviewer)
        with pytest.raises(Conflict, match="rae resolved a cluster"):
            decide(trio, "tkt", admin)

    def test_deleted_pictures_are_counted(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        Image.objects.filter(pk=trio[0].pk).delete()
        with pytest.raises(Conflict, match="1 of these pictures is already"):
            decide(trio, "tkt", admin)

    def test_what_is_sent_twice_is_decided_once(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        seen = journal.position()
        first = decide(trio, "ktn", reviewer, as_of=seen)
        assert decide(trio, "ktn", reviewer, as_of=seen) == first
        assert Decision.objects.count() == 1
        with pytest.raises(Conflict, match="rae resolved"):
            decide(trio, "ktn", admin, as_of=seen)
        with pytest.raises(Conflict, match="You resolved"):
            decide(trio, "ktt", reviewer, as_of=seen)
        reversal.undo(first.pk, reviewer)
        with pytest.raises(Conflict, match="You undid a decision"):
            decide(trio, "ktn", reviewer, as_of=seen)

    def test_undo_says_from_when_to_decide_anew(
        self, trio: list[Image], reviewer: User, admin: User
    ) -> None:
        first = decide(trio, "ktl", reviewer)
        step = reversal.undo(first.pk, reviewer)
        assert step.as_of == journal.position()
        second = decide(trio, "ktl", reviewer, as_of=step.as_of)
        decide([trio[0], trio[2]], "kt", admin)
        assert reversal.undo(second.pk, reviewer).as_of is None

    @pytest.mark.django_db(transaction=True)
    def test_of_eight_at_once_one_decides(self, add_image: AddImage, admin: User) -> None:
        trio = [add_image(upload(1, quality=quality)) for quality in (90, 60, 30)]
        seen = journal.position()
        choices = ["ktt", "tkt", "ttk", "kkt", "ktk", "tkk", "nnn", "kkk"]
        calls = [lambda c=c: decide(trio, c, admin, as_of=seen) for c in choices]
        outcomes = all_at_once(*calls)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 7 + [
            "Decision"
        ]
        assert Decision.objects.count() == 1
        assert Image.objects.untrashed().exists()

    @pytest.mark.django_db(transaction=True)
    def test_overlapping_clusters_at_once_wait_for_each_other(
        self, add_image: AddImage, admin: User
    ) -> None:
        images = [add_image(upload(1, quality=quality)) for quality in range(30, 90, 10)]
        pairs = [images[n : n + 2] for n in range(5)] + [images[n + 1 : n - 1 : -1] for n in (1, 2)]
        outcomes = all_at_once(*(lambda p=p: decide(p, "kt", admin) for p in pairs))
        assert {type(outcome) for outcome in outcomes} <= {Decision, Conflict}
        assert Image.objects.untrashed().exists()


def test_many_clusters_are_one_decision(
    trio: list[Image], add_image: AddImage, reviewer: User, admin: User
) -> None:
    others = [add_image(upload(2, quality=quality)) for quality in (90, 30)]
    gone = [add_image(upload(3, quality=quality)) for quality in (90, 30)]
    seen = journal.position()
    decide(gone, "kt", admin)
    clusters = [
        {images[0].pk: Choice.KEEP, **{image.pk: Choice.TRASH for image in images[1:]}}
        for images in (trio, others, gone)
    ]
    done = deciding.accept(clusters, reviewer, merge=True, as_of=seen)
    assert done.decision.summary == "2 clusters: kept 2, trashed 3"
    assert [reason.split(" just")[0] for reason in done.left] == ["root resolved a cluster"]
    reversal.undo(done.decision.pk, reviewer)
    assert Image.objects.trashed().count() == 1


@pytest.mark.parametrize("choice", [Choice.NOT_A_DUPLICATE, Choice.RELATED, Choice.KEEP])
def test_more_pairs_than_others_can_wait_for_are_refused(admin: User, choice: Choice) -> None:
    images = add(picture(family) for family in range(142))
    with pytest.raises(Conflict, match="10,011 pairs would need a verdict"):
        deciding.decide(
            DecisionRequest(dict.fromkeys((image.pk for image in images), choice), admin)
        )
    kept = {image.pk: Choice.TRASH for image in images} | {images[0].pk: Choice.KEEP}
    assert deciding.decide(DecisionRequest(kept, admin))
