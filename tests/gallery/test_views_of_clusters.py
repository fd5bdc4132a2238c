"""The migration that makes the views of clusters: of what is stored, and nothing is looked for."""

import random
from importlib import import_module

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from gallery import matches
from gallery.models import ClusterView, FollowedLog, Image, Membership, Unmatched
from hashing.changelog import restore
from tests.gallery.match_rows import add, picture, stored

MIGRATION_NAME = "0013_views_of_clusters"
MIGRATION = import_module(f"gallery.migrations.{MIGRATION_NAME}")
COMMITTED = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hidden(ann: User, bob: User) -> None:
    """Clusters of which some pictures are private."""
    draw = random.Random(1).choice
    add(
        picture(
            *(family, variant),
            owner=draw((ann, bob, None)),
            visibility=draw(Image.Visibility.values),
        )
        for family in range(8)
        for variant in range(4)
    )
    add(picture(9, digest="px1:same", sha256=sha256, byte_size=None) for sha256 in "ab")
    matches.finish()


def test_stored_clusters_get_the_views_that_a_rebuild_makes(hidden: None) -> None:
    wanted = stored()
    assert ClusterView.objects.values("audience").distinct().count() == 3
    ClusterView.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.FOR_EVERYBODY)
        cursor.execute(MIGRATION.FOR_OWNERS)
    assert stored() == wanted


def track_more() -> None:
    """Let the migration begin the log anew."""
    state = MigrationLoader(connection).project_state(("gallery", MIGRATION_NAME))
    operation = MIGRATION.TrackMore("image", also=Image.hash_log_also)
    with connection.schema_editor() as editor:
        operation.database_forwards("gallery", editor, state, state)
    restore()  # as after every migrate; it finds nothing to mend


@COMMITTED
def test_whoever_had_read_the_log_goes_on_in_the_new_one(hidden: None) -> None:
    begun = FollowedLog.objects.get().epoch
    changed = Image.objects.order_by("pk")[1]
    Image.objects.filter(pk=changed.pk).update(trashed_at=timezone.now())
    track_more()
    assert FollowedLog.objects.get().epoch != begun
    assert list(Unmatched.objects.values_list("key", flat=True)) == [changed.pk]
    matches.catch_up()
    assert not Membership.objects.filter(image=changed.pk).exists()
    Image.objects.filter(visibility="private").update(visibility="public")
    matches.catch_up(share=1000)
    assert not ClusterView.objects.exclude(audience=ClusterView.EVERYBODY).exists()


@COMMITTED
def test_whoever_had_lost_the_log_looks_at_everything(hidden: None) -> None:
    FollowedLog.objects.update(epoch=-7)
    track_more()
    assert not Unmatched.objects.exists()
    assert matches.catch_up(share=1) == Image.objects.count() - 1
