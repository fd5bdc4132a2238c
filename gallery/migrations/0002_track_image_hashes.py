from django.db import migrations

from hashing.changelog import TrackHashChanges


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0001_initial"),
        ("hashing", "0001_initial"),
    ]

    operations = [TrackHashChanges("image")]
