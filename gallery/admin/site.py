"""Titles of the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gallery.conf import setting

admin.site.site_header = admin.site.site_title = setting("SITE_NAME")
admin.site.index_title = _("Back office")
