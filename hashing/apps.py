"""App configuration: save receivers, system checks, and triggers around migrations."""

from types import ModuleType

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import class_prepared, post_migrate, pre_migrate, pre_save


class HashingConfig(AppConfig):
    name = "hashing"
    verbose_name = "Perceptual hashing"

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        super().__init__(app_name, app_module)
        from hashing.receivers import bind

        # Django makes all app configurations before any models.
        class_prepared.connect(bind)

    def ready(self) -> None:
        from hashing import checks as own_checks
        from hashing import index
        from hashing.models import HashChange

        checks.register(own_checks.check_decoding)
        checks.register(own_checks.check_heif)
        checks.register(own_checks.check_logged_fields)
        checks.register(own_checks.check_tables)
        checks.register(own_checks.check_outdated, checks.Tags.database)
        pre_migrate.connect(index.release, sender=self)
        post_migrate.connect(index.restore, sender=self)
        pre_save.connect(index.disown, sender=HashChange)
