"""Template tags and filters for pictures, badges and icons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gallery import comparing
from gallery.comparing import Method, Similarity
from gallery.files import SIZES, rendition_sizes
from gallery.models import Image
from gallery.uploads import LookAlike

register = template.Library()

ROW_REMS = {"s": 6, "m": 11, "l": 16}  # heights of the rows of the grid, the same as in grid.css
BROWSER_FORMATS = {"JPEG", "PNG", "WEBP", "GIF", "AVIF"}
# Prefixes of message tags that offer to undo an action.
UNDO = "undo:"  # followed by the public id of the trashed picture
TAKE_BACK = "take-back:"  # followed by the number of the decision


@register.simple_tag
def rendition_url(image: Image, size: int) -> str:
    """Return the address of a rendition, or of the largest one of a smaller picture."""
    size = min(size, max((name for name, _ in rendition_sizes(image)), default=size))
    # The address changes with the file, so browsers can cache it without asking again.
    url = reverse("gallery:rendition", args=[image.public_id, size])
    return f"{url}?v={image.sha256[:8]}"


@register.simple_tag
def largest_url(image: Image) -> str:
    """Return the address of the largest rendition of `image`."""
    return rendition_url(image, SIZES[-1])


@register.simple_tag
def web_size(image: Image) -> str:
    """Return width and height of the largest rendition of `image`."""
    _, width = rendition_sizes(image)[-1]
    if not image.width or not image.height:
        return str(width)
    return f"{width} × {max(1, round(width * image.height / image.width))}"


@register.simple_tag
def original_data(image: Image) -> SafeString:
    """Return attributes with the address of an original that shows more than its renditions."""
    if image.format not in BROWSER_FORMATS or max(image.width or 0, image.height or 0) <= SIZES[-1]:
        return SafeString()
    url = reverse("gallery:original", args=[image.public_id])
    return format_html(' data-original="{}" data-pixels="{}"', url, SIZES[-1])


@register.simple_tag
def srcset(image: Image) -> str:
    """Return all renditions of `image` with their widths, for the attribute `srcset`."""
    return ", ".join(
        f"{rendition_url(image, size)} {width}w" for size, width in rendition_sizes(image)
    )


@register.filter
def aspect(image: Image) -> int:
    """Return width to height in hundredths, rounded to a tenth, for the classes of aspect.css."""
    if not image.width or not image.height:
        return 100
    return min(300, max(40, 10 * round(10 * image.width / image.height)))


@register.filter
def grid_sizes(image: Image, size: str) -> str:
    """Return the width of a card in a row of the grid, for the attribute `sizes`."""
    ratio, rems = aspect(image) / 100, ROW_REMS.get(size, ROW_REMS["m"])
    narrow = min(rems, 8)
    return f"(min-width: 48rem) {ratio * rems * 1.2:.0f}rem, {ratio * narrow * 1.2:.0f}rem"


@register.inclusion_tag("gallery/partials/badge.html")
def badge(similarity: Similarity, remark: str = "") -> dict[str, Any]:
    """Show a similarity in words, and a remark about how the picture differs."""
    return {"similarity": similarity, "remark": remark}


@register.filter
def count_for(counts: Mapping[int, int], image: Image) -> int:
    """Return the count of `image` in counts by primary key; 0 if it has none."""
    return counts.get(image.pk, 0)


@register.filter
def similarity(look_alike: LookAlike, method: Method) -> Similarity:
    """Return the similarity of a picture to the one that it looks like."""
    return method.similarity(look_alike.distance)


@register.filter
def remark(other: Image, image: Image) -> str:
    """Return the most important difference of `other` from `image`, in words."""
    return comparing.remark(image, other)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one of the site's icons, hidden from screen readers, which read the text beside it."""
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("gallery/icons.svg"),
        name,
    )


@register.filter
def undo_url(message: Message) -> str:
    """Return the address that undoes the action `message` is about, or "" if there is none."""
    for tag in message.tags.split():
        for prefix, name in ((UNDO, "gallery:restore"), (TAKE_BACK, "gallery:take_back")):
            if tag.startswith(prefix):
                return reverse(name, args=[tag.removeprefix(prefix)])
    return ""


@register.filter
def thousands(number: int) -> str:
    """Return a number with narrow spaces between thousands: 12 345."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@register.filter
def hashes(image: Image, method: Method) -> str:
    """Return the hashes of `image` that a search compared, in hex."""
    return "+".join(hash_.hex for hash_ in method.hashes(image))
