"""Settings of a new project, with what the pages ask for and a database from the environment."""

import os
from urllib.parse import urlsplit

from site_of_photos.settings import *  # noqa: F403 (settings are names)
from site_of_photos.settings import BASE_DIR, DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "hashing", "photos", "pictures"]
MEDIA_ROOT = BASE_DIR / "media"

if url := os.environ.get("DATABASE_URL"):
    parts = urlsplit(url)
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }
