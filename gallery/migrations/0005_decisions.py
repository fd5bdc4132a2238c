import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0004_matches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="image",
            options={
                "ordering": ("-created_at", "-pk"),
                "permissions": (
                    ("review_duplicates", "Can review duplicates"),
                    ("purge_trash", "Can delete for ever what is in the trash"),
                ),
            },
        ),
        migrations.AddField(
            model_name="verdict",
            name="is_inferred",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="Nobody said it: it follows from what was said of other pairs.",
                verbose_name="inferred",
            ),
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("resolve", "Resolved a cluster"),
                            ("bulk", "Accepted suggestions"),
                            ("verdict", "Changed a verdict"),
                            ("trash", "Moved to the trash"),
                            ("restore", "Restored from the trash"),
                            ("undo", "Took a decision back"),
                            ("redo", "Decided as before"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("summary", models.CharField(editable=False, max_length=200)),
                ("changes", models.JSONField(default=list, editable=False)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="gallery.decision",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="gallery.decision",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="DecidedPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("kept", "kept"),
                            ("trashed", "trashed"),
                            ("restored", "restored"),
                            ("related", "called related"),
                            ("different", "called no duplicate"),
                            ("concerned", "changed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "cluster",
                    models.PositiveIntegerField(
                        default=0, help_text="Which of the clusters that were decided together."
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="gallery.image",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="gallery.decision",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
    ]
