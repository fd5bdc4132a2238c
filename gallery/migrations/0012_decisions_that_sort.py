"""Putting pictures on a tag or in an album together is a decision, and can be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0011_name_copies_in_verdicts"),
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
                    ("sort", "Sorted pictures"),
                    ("undo", "Took a decision back"),
                    ("redo", "Decided as before"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
    ]
