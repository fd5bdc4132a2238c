"""A small gallery for decisions: three families of copies, with texts, tags and albums."""

import pytest
from django.contrib.auth.models import Permission, User

from gallery.models import Image
from gallery.uploads.receiving import receive
from tests.gallery.review_walks import PEOPLE, small


@pytest.fixture
def filled(ann: User) -> User:
    User.objects.create_superuser(PEOPLE[0])
    sam = User.objects.create_user(PEOPLE[1], is_staff=True)
    reviewing = ("review_duplicates", "change_image", "purge_trash")
    sam.user_permissions.set(Permission.objects.filter(codename__in=reviewing))
    for number in range(3):
        for quality in (30, 60, 90):
            image = receive(small(number, quality), ann).image
            Image.objects.filter(pk=image.pk).update(
                description=f"Of {quality}" if quality < 90 else "",
                visibility="private" if quality == 60 else "public",
            )
            image.tags.create(name=f"tag {number} {quality}")
            image.albums.create(name=f"album {number} {quality}")
    return ann
