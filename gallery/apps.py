"""App configuration: system checks and signal receivers."""

from django.apps import AppConfig
from django.db.models.signals import post_delete


class GalleryConfig(AppConfig):
    name = "gallery"
    verbose_name = "Gallery"

    def ready(self) -> None:
        from gallery import checks, receivers
        from gallery.models import Image
        from hashing.signals import picture_decoded

        checks.register()
        picture_decoded.connect(receivers.describe_file, sender=Image)
        post_delete.connect(receivers.remove_deleted, sender=Image)
