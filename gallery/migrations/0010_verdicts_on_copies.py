"""A verdict on copies of one content knows them by public id and file, also when they are gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0009_decisions_that_split"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="verdict",
            name="gallery_verdict_copies",
        ),
        migrations.AddField(
            model_name="verdict",
            name="first_copy",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="verdict",
            name="first_file",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="verdict",
            name="second_copy",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="verdict",
            name="second_file",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.UniqueConstraint(
                condition=models.Q(("first_digest", models.F("second_digest"))),
                fields=("first_digest", "first_copy", "second_copy"),
                name="gallery_verdict_copies",
            ),
        ),
    ]
