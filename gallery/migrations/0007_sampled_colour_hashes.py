"""
Colour hashes of reduced pictures count single pixels, not means of neighbours, from here on.

Those stored before are a bit or two off until `hash_images --all` has run.
"""

from django.db import migrations

import hashing.fields


class Migration(migrations.Migration):
    dependencies = [("gallery", "0006_log_when_taken")]

    operations = [
        migrations.AlterField(
            model_name="image",
            name="colorhash",
            field=hashing.fields.PerceptualHashField(
                algorithm="colorhash",
                editable=False,
                null=True,
                source="file",
                verbose_name="colour hash",
                version=2,
            ),
        ),
    ]
