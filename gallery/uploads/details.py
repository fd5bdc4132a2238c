"""The details that a sender gives for a picture."""

from dataclasses import dataclass

from gallery.models import Image


@dataclass(frozen=True)
class Details:
    """Texts, visibility, tags and albums for a new picture."""

    title: str = ""
    description: str = ""
    alt_text: str = ""
    visibility: str = Image.Visibility.PUBLIC
    tags: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    source: str = ""
