"""The back office; Django looks here for the models that it shows."""

from gallery.admin import model_admins
from gallery.admin.bulk import MOST_CLUSTERS

__all__ = ["MOST_CLUSTERS", "model_admins"]
