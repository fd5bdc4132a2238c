"""The filters of the duplicates page: the form, and the conditions that they set."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.clusters.filters import DEFAULTS, ClusterFilterForm, ClusterFilters
from gallery.matching.computed_clusters import image_clusters
from gallery.models import Album, Image
from tests.gallery.match_rows import add, picture

NOBODY = AnonymousUser()


def test_without_a_query_all_have_their_defaults() -> None:
    form = ClusterFilterForm({}, NOBODY)
    assert form.filters() == DEFAULTS
    assert form["min_size"].value() == 2
    assert not form.errors


def test_what_is_sent_is_read_and_written_back(bob: User) -> None:
    add([picture(1, owner=bob)])
    query = {"min_size": "3", "owner": "bob", "since": "2020-01-31", "widest_to": "0", "odd": "x"}
    filters = ClusterFilterForm(query, bob).filters()
    assert filters == ClusterFilters(min_size=3, owner="bob", since=date(2020, 1, 31), widest_to=0)
    assert "min_size=3&widest_to=0&owner=bob&since=2020-01-31" in filters.query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"min_size": "1"}, "min_size"),
        ({"max_distance": "x"}, "max_distance"),
        ({"kind": "odd"}, "kind"),
        ({"since": "soon"}, "since"),
        ({"widest_from": "9", "widest_to": "3"}, "widest_to"),
        ({"kind": "near", "widest_to": "3"}, "widest_to"),
    ],
)
def test_wrong_values_are_named_and_have_their_defaults(query: dict[str, str], field: str) -> None:
    form = ClusterFilterForm(query, NOBODY)
    filters = form.filters()
    assert form.errors.keys() == {field}
    assert getattr(filters, field) == getattr(DEFAULTS, field)


def test_names_without_a_visible_picture_are_refused_alike(ann: User, bob: User) -> None:
    (hidden,) = add([picture(1, owner=bob, visibility="private")])
    Album.objects.create(name="Sea", slug="sea").images.add(hidden)
    for query in ({"owner": "bob"}, {"owner": "zoe"}, {"album": "Sea"}, {"album": "Moon"}):
        (errors,) = ClusterFilterForm(query, ann).errors.values()
        assert "You have access to no picture" in errors[0]
    for query in ({"owner": "bob"}, {"album": "Sea"}):
        assert ClusterFilterForm(query, bob).is_valid()


def test_conditions_are_those_that_were_set() -> None:
    assert (DEFAULTS.pictures, DEFAULTS.figures) == ([], {})
    filters = ClusterFilters(kind="bytes", min_size=3, widest_from=0, owner="bob", album="Sea")
    assert filters.figures == {
        "shown_kind": "bytes",
        "shown_size__gte": 3,
        "shown_widest__gte": 0,
    }
    assert filters.pictures == [{"owner__username": "bob"}, {"albums__name": "Sea"}]


def test_a_day_begins_at_midnight_of_the_site(settings: object) -> None:
    (condition,) = ClusterFilters(since=date(2020, 1, 31)).pictures
    assert condition == {"created_at__gte": datetime(2020, 1, 31, tzinfo=UTC)}


def test_computed_clusters_must_hold_such_pictures(bob: User) -> None:
    add([picture(1), picture(1, 1, owner=bob), picture(2), picture(2, 1)])
    clusters, visible = image_clusters(), Image.objects.untrashed()
    (held,) = ClusterFilters(owner="bob").holding(clusters, visible)
    assert bob.images.get().pk in held.keys
    assert DEFAULTS.holding(clusters, visible) == clusters
