"""The app: it binds its receivers before any model is made, and restores triggers."""

import warnings

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_save
from PIL import Image


class HashingConfig(AppConfig):
    name = "hashing"
    verbose_name = "Perceptual hashing"

    def ready(self) -> None:
        from hashing import changelog
        from hashing.checks import (
            check_decoding,
            check_heif,
            check_logged_fields,
            check_tables,
        )
        from hashing.conf import setting

        # A picture that claims absurd sizes is refused, not mentioned on standard error; what is
        # absurd is the site's to say.
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, setting("MAX_PIXELS"))
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        checks.register(check_decoding)
        checks.register(check_heif)
        checks.register(check_logged_fields)
        checks.register(check_tables)
        # Odd metadata is the file's affair; the picture is looked at all the same.
        warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
        post_migrate.connect(changelog.restore, sender=self)
        pre_save.connect(changelog.disown, sender=changelog.HashChange)
