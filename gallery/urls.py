"""URLs of the gallery."""

from django.urls import include, path

from gallery.views import (
    fingerprints,
    grid,
    health,
    media,
    pages,
    pictures,
    searching,
    selection,
    similar,
    trash,
    uploading,
)

app_name = "gallery"

picture_patterns = [
    path("", pictures.detail, name="detail"),
    path("similar/", similar.similar, name="similar"),
    path("same/", similar.same, name="same"),
    path("seek-parts/", similar.seek_parts, name="seek_parts"),
    path("compare/<uuid:other_id>/", similar.compare, name="compare"),
    path("compare/<uuid:other_id>/difference.webp", media.difference, name="difference"),
    path("fingerprint/", fingerprints.fingerprint, name="fingerprint"),
    path("edit/", pictures.edit, name="edit"),
    path("trash/", pictures.trash, name="trash_picture"),
    path("restore/", pictures.restore, name="restore"),
    path("original/", media.original, name="original"),
    path("<int:size>.webp", media.rendition, name="rendition"),
]

urlpatterns = [
    path("", grid.index, name="index"),
    path("tags/", grid.tags, name="tags"),
    path("tags/<str:slug>/", grid.tag, name="tag"),
    path("albums/", grid.albums, name="albums"),
    path("albums/<str:slug>/", grid.album, name="album"),
    path("i/<uuid:public_id>/", include(picture_patterns)),
    path("selection/", selection.selection, name="selection"),
    path("decisions/<int:number>/undo/", selection.take_back, name="take_back"),
    path("upload/", uploading.upload, name="upload"),
    path("lookup/", uploading.lookup, name="lookup"),
    path("search/", searching.search, name="search"),
    path("trash/", trash.trashed, name="trash"),
    path("trash/empty/", trash.empty, name="empty_trash"),
    path("about/", pages.about, name="about"),
    path("about/fingerprints/", pages.about_fingerprints, name="about_fingerprints"),
    path("theme/", pages.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
]
