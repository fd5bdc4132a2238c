from django.db import migrations, models

import hashing.fields
from hashing.changelog import TrackHashChanges


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0002_track_image_hashes"),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="dct256",
            field=hashing.fields.PerceptualHashField(
                algorithm="dct256", editable=False, null=True, source="file", version=1
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="dct256_uncaptioned",
            field=hashing.fields.PerceptualHashField(
                algorithm="dct256",
                editable=False,
                framing="uncaptioned",
                null=True,
                source="file",
                version=1,
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="dct256_unframed",
            field=hashing.fields.PerceptualHashField(
                algorithm="dct256",
                editable=False,
                framing="unframed",
                null=True,
                source="file",
                version=1,
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="is_page",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="image",
            name="phash_uncaptioned",
            field=hashing.fields.PerceptualHashField(
                algorithm="phash",
                editable=False,
                framing="uncaptioned",
                null=True,
                source="file",
                version=1,
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="phash_unframed",
            field=hashing.fields.PerceptualHashField(
                algorithm="phash",
                editable=False,
                framing="unframed",
                null=True,
                source="file",
                version=1,
            ),
        ),
        TrackHashChanges(
            "image",
            also=("sha256", "content_digest", "is_informative", "is_page", "trashed_at"),
        ),
    ]
