"""
Indexes of pictures hold only the rows that they are asked for.

Nearly all pictures are public and out of the trash. Asked for those, SQLite took the index of
either column, and sorted all that it found for one page of the grid.
"""

import django.conf
from django.db import migrations, models

VISIBILITY_INDEX = "gallery_image_visibility_1c3b06b5"


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0007_sampled_colour_hashes"),
        migrations.swappable_dependency(django.conf.settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="image", name="gallery_image_trashed"),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("trashed_at__isnull", False)),
                fields=["trashed_at"],
                name="gallery_image_trashed",
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("trashed_at__isnull", True)),
                fields=["owner", "visibility"],
                name="gallery_image_shown",
            ),
        ),
        # Not by AlterField alone, for which SQLite makes the table anew, without its triggers.
        migrations.RunSQL(
            sql=[
                f'DROP INDEX IF EXISTS "{VISIBILITY_INDEX}"',
                f'DROP INDEX IF EXISTS "{VISIBILITY_INDEX}_like"',  # PostgreSQL has two
            ],
            reverse_sql=f'CREATE INDEX "{VISIBILITY_INDEX}" ON "gallery_image" ("visibility")',
            state_operations=[
                migrations.AlterField(
                    model_name="image",
                    name="visibility",
                    field=models.CharField(
                        choices=[("public", "Public"), ("private", "Private")],
                        default="public",
                        max_length=10,
                    ),
                ),
            ],
        ),
    ]
