"""The page of duplicate clusters, and what its forms send."""

from gallery.models import Image

PAGE = "/admin/gallery/image/duplicates/"


def choices(*said: tuple[Image, str]) -> dict[str, str]:
    """Return what a cluster's form sends of each picture."""
    return {f"choice-{image.pk}": choice for image, choice in said}
