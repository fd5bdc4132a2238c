"""The back office; Django looks here for the models that it shows."""

from gallery.admin import collection_admins, image_admin, site, verdict_admin
from gallery.admin.bulk import MOST_CLUSTERS

__all__ = ["MOST_CLUSTERS", "collection_admins", "image_admin", "site", "verdict_admin"]
