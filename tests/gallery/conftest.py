"""Tests in this folder need the whole site."""

from tests.gallery.fixtures import add_image, admin, ann, bob, page, pair, reviewer, sender, trio

__all__ = ["add_image", "admin", "ann", "bob", "page", "pair", "reviewer", "sender", "trio"]
