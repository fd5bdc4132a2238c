"""A split has an action of its own, so that the history tells it from a verdict that changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0008_indexes_of_shown_pictures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="action",
            field=models.CharField(
                choices=[
                    ("resolve", "Resolved a cluster"),
                    ("bulk", "Accepted suggestions"),
                    ("verdict", "Changed a verdict"),
                    ("split", "Split a cluster"),
                    ("trash", "Moved to the trash"),
                    ("restore", "Restored from the trash"),
                    ("undo", "Took a decision back"),
                    ("redo", "Decided as before"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
    ]
