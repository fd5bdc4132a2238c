"""The stored clusters in line with matches and verdicts."""

from django.contrib.auth.models import User

from gallery.decisions import reversal
from gallery.matching import cluster_store, follower
from gallery.models import Cluster, Match
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from tests.gallery.linked_pictures import chain, clusters, keys, said
from tests.gallery.match_rows import add, picture


def test_verdicts_settle_clusters_and_open_them_again(admin: User) -> None:
    first, second = add([picture(1), picture(1, 1)])
    follower.finish()
    decision = deciding.decide(
        DecisionRequest({first.pk: Choice.KEEP, second.pk: Choice.KEEP}, admin)
    )
    follower.finish()
    assert not Cluster.objects.exists()
    reversal.undo(decision.pk, admin)
    follower.finish()
    assert Cluster.objects.get().size == 2


def test_a_forecast_is_what_the_verdicts_would_leave(reviewer: User) -> None:
    a, b, c, d = chain(0, 30, 60, 90)
    assert clusters() == [keys(a, b, c, d)]
    apart = [(a.content_digest, other.content_digest) for other in (c, d)]
    apart += [(b.content_digest, other.content_digest) for other in (c, d)]
    forecast = cluster_store.forecast(keys(a), apart)
    for first, second in ((a, c), (a, d), (b, c), (b, d)):
        said(first, second, "not_a_duplicate", reviewer)
    assert sorted(map(sorted, forecast)) == clusters() == [keys(a, b), keys(c, d)]


def test_a_forecast_follows_duplicates(reviewer: User) -> None:
    a, b, c = chain(0, 10, 20)
    said(b, c, "duplicate", reviewer)
    follower.finish()
    forecast = cluster_store.forecast(keys(a), [(a.content_digest, b.content_digest)])
    assert forecast == [{b.pk, c.pk}]


def test_clusters_follow_matches_that_are_gone(db: None) -> None:
    first, *_ = add([picture(1), picture(1, 1)])
    follower.finish()
    Match.objects.all().delete()
    cluster_store.renew_clusters([first.pk])
    assert not Cluster.objects.exists()
