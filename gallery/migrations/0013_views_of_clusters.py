"""
What clusters come to for those who do not see all of them, and quick ways to late decisions.

Who owns a picture and who may see it now stand in the log of changes, since they decide that.
"""

from typing import Any

import django.conf
import django.db.models.deletion
from django.db import migrations, models

from hashing.changelog import Cursor, TrackHashChanges, changes_since

# {audience} sees the pictures of {seen}.
VIEWS = """
INSERT INTO gallery_clusterview
    (cluster_id, audience, kind, size, widest, bytes_to_free, newest)
SELECT member.cluster_id, {audience},
    CASE WHEN COUNT(DISTINCT image.sha256) = 1 THEN 'bytes'
        WHEN COUNT(DISTINCT image.content_digest) = 1 THEN 'pixels' ELSE 'picture' END,
    COUNT(*), MAX(member.distance),
    COALESCE(SUM(image.byte_size) - MAX(image.byte_size), 0), MAX(image.id)
FROM gallery_membership AS member JOIN gallery_image AS image ON image.id = member.image_id
{seen}
GROUP BY member.cluster_id, {audience} HAVING COUNT(*) > 1
"""
FOR_EVERYBODY = VIEWS.format(audience="0", seen="WHERE image.visibility <> 'private'").replace(
    "member.cluster_id, 0 HAVING", "member.cluster_id HAVING"
)
FOR_OWNERS = VIEWS.format(
    audience="hidden.owner_id",
    seen="""
JOIN (SELECT DISTINCT other.cluster_id, mine.owner_id
    FROM gallery_membership AS other JOIN gallery_image AS mine ON mine.id = other.image_id
    WHERE mine.visibility = 'private' AND mine.owner_id IS NOT NULL) AS hidden
ON hidden.cluster_id = member.cluster_id
WHERE image.visibility <> 'private' OR image.owner_id = hidden.owner_id
""",
)


class TrackMore(TrackHashChanges):
    """
    Log more columns, whereby the log begins anew, and let the stored matches go on in the new one.

    They would compare everything again otherwise. What they had not read yet goes on their list.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        followed = to_state.apps.get_model(app_label, "FollowedLog").objects.first()
        if schema_editor.collect_sql or followed is None or followed.seq is None:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        image = to_state.apps.get_model(app_label, "Image")
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        if is_postgresql:  # others may be about to write to the log that ends here
            schema_editor.execute("LOCK TABLE gallery_image IN ACCESS EXCLUSIVE MODE")
        unread = changes_since(image, Cursor(followed.epoch, followed.seq))
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        if unread.is_complete:
            if is_postgresql:  # rows of the log get their numbers at the commit, or now
                schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            listed = to_state.apps.get_model(app_label, "Unmatched").objects
            rows = (listed.model(key=key) for key in unread.keys.tolist())
            listed.bulk_create(rows, batch_size=5000, ignore_conflicts=True)
            followed.epoch, followed.seq = changes_since(image, None).cursor
            followed.save()


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0012_decisions_that_sort"),
        migrations.swappable_dependency(django.conf.settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrackMore(
            "image",
            also=(
                *("sha256", "content_digest", "is_informative", "is_page", "taken_at"),
                *("trashed_at", "owner", "visibility"),
            ),
        ),
        migrations.CreateModel(
            name="ClusterView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bytes", "Same file"),
                            ("pixels", "Same pixels"),
                            ("picture", "Same picture"),
                        ],
                        max_length=10,
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("widest", models.PositiveSmallIntegerField()),
                ("bytes_to_free", models.PositiveBigIntegerField()),
                ("newest", models.PositiveBigIntegerField()),
                ("audience", models.PositiveBigIntegerField()),
                (
                    "cluster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to="gallery.cluster",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cluster", "audience"), name="gallery_view_once"
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["audience", "-bytes_to_free", "cluster"], name="gallery_view_bytes"
                    ),
                    models.Index(fields=["audience", "-size", "cluster"], name="gallery_view_size"),
                    models.Index(
                        fields=["audience", "widest", "cluster"], name="gallery_view_widest"
                    ),
                    models.Index(
                        fields=["audience", "-newest", "cluster"], name="gallery_view_newest"
                    ),
                    models.Index(
                        fields=["audience", "kind", "-bytes_to_free", "cluster"],
                        name="gallery_view_kind",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("undoes", None), ("undone_by", None)),
                fields=["made_by", "-id"],
                name="gallery_decision_last",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("undoes", None), ("undone_by", None)),
                fields=["made_by", "made_at"],
                name="gallery_decision_late",
            ),
        ),
        migrations.RunSQL([FOR_EVERYBODY, FOR_OWNERS], migrations.RunSQL.noop),
    ]
