"""App configuration: save receivers, system checks, triggers after migrations."""

import warnings
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import class_prepared, post_migrate, pre_save
from PIL import Image


class HashingConfig(AppConfig):
    name = "hashing"
    verbose_name = "Perceptual hashing"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        from hashing.receivers import bind

        # Every app's configuration is made before any app's models are.
        class_prepared.connect(bind)

    def ready(self) -> None:
        from hashing import index
        from hashing.checks import (
            check_decoding,
            check_heif,
            check_logged_fields,
            check_tables,
        )
        from hashing.conf import setting
        from hashing.models import HashChange

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
        post_migrate.connect(index.restore, sender=self)
        pre_save.connect(index.disown, sender=HashChange)
