"""Tests in this folder need the whole site."""

from tests.gallery.fixtures import add_image, ann, bob

__all__ = ["add_image", "ann", "bob"]
