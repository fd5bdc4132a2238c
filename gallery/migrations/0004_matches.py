import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0003_framed_hashes"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowedLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.BigIntegerField(null=True)),
                ("seq", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Unmatched",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name_plural": "unmatched",
            },
        ),
        migrations.AddField(
            model_name="image",
            name="jpeg_quality",
            field=models.PositiveSmallIntegerField(
                editable=False, null=True, verbose_name="JPEG quality"
            ),
        ),
        migrations.CreateModel(
            name="Cluster",
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
                (
                    "representative",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gallery.image",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Match",
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
                ("distance", models.PositiveSmallIntegerField(default=0)),
                ("turn", models.CharField(default="upright", max_length=12)),
                ("framing", models.CharField(default="whole", max_length=12)),
                ("other_framing", models.CharField(default="whole", max_length=12)),
                ("first_keeps", models.BooleanField(default=True)),
                ("second_keeps", models.BooleanField(default=True)),
                (
                    "first",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gallery.image",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gallery.image",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "matches",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("distance", models.PositiveSmallIntegerField()),
                (
                    "cluster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="gallery.cluster",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gallery.image",
                    ),
                ),
            ],
            options={
                "ordering": ("distance", "image_id"),
            },
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["-bytes_to_free", "id"], name="gallery_cluster_bytes"),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["-size", "id"], name="gallery_cluster_size"),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["widest", "id"], name="gallery_cluster_widest"),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["-newest", "id"], name="gallery_cluster_newest"),
        ),
        migrations.AddIndex(
            model_name="cluster",
            index=models.Index(fields=["kind", "-bytes_to_free"], name="gallery_cluster_kind"),
        ),
        migrations.AddConstraint(
            model_name="cluster",
            constraint=models.UniqueConstraint(
                fields=("representative",), name="gallery_cluster_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="gallery_match_pair"
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="gallery_match_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("image",), name="gallery_membership_image"),
        ),
    ]
