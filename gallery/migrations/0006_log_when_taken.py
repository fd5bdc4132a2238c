from django.db import migrations

from hashing.changelog import TrackHashChanges


class Migration(migrations.Migration):
    dependencies = [("gallery", "0005_decisions")]

    operations = [
        # When a picture was taken decides whether it is of a burst, and so what it matches.
        TrackHashChanges(
            "image",
            also=(
                *("sha256", "content_digest", "is_informative", "is_page", "taken_at"),
                "trashed_at",
            ),
        ),
    ]
