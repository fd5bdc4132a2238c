"""What the files of copies tell of how they were made: read once for each content."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0013_views_of_clusters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Making",
            fields=[
                (
                    "content_digest",
                    models.CharField(max_length=80, primary_key=True, serialize=False),
                ),
                (
                    "earlier_quality",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The lower JPEG quality, about, that it was saved at before, or 0.",
                    ),
                ),
                (
                    "inner_width",
                    models.PositiveIntegerField(
                        default=0, help_text="How wide it is inside its bars; 0 if it has none."
                    ),
                ),
                ("inner_height", models.PositiveIntegerField(default=0)),
                (
                    "enlarged_from",
                    models.CharField(
                        blank=True,
                        help_text="The content that this is an enlargement of.",
                        max_length=80,
                    ),
                ),
                (
                    "is_compared",
                    models.BooleanField(
                        default=False,
                        help_text="Whether it was held against its copies of other sizes.",
                    ),
                ),
            ],
        ),
    ]
