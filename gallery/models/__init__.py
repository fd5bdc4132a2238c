"""What the gallery keeps."""

from gallery.models.images import Image, storage_key
from gallery.models.shelves import Album, Named, Tag
from gallery.models.verdicts import Verdict

__all__ = ["Album", "Image", "Named", "Tag", "Verdict", "storage_key"]
