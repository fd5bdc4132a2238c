"""Pictures, badges and little drawings for templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gallery import comparing
from gallery.comparing import Likeness, Method
from gallery.files import SIZES, rendition_sizes
from gallery.models import Image

register = template.Library()

ROW_REMS = {"s": 6, "m": 11, "l": 16}  # heights of the grid's rows, as grid.css has them
SHOWN = {"JPEG", "PNG", "WEBP", "GIF", "AVIF"}  # originals that browsers draw
UNDO = "undo:"  # and the picture that was trashed
TAKE_BACK = "take-back:"  # and the number of the decision


@register.simple_tag
def rendition_url(image: Image, size: int) -> str:
    """Return the address of a rendition, or of the largest there is of a smaller picture."""
    size = min(size, max((name for name, _ in rendition_sizes(image)), default=size))
    # The address changes with the file, so what it gives is cached for ever.
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
    return f"{width} × {max(1, round(width * image.height / image.width))}"


@register.simple_tag
def original_data(image: Image) -> SafeString:
    """Name the original where it shows more than the largest rendition, for a script to fetch."""
    if image.format not in SHOWN or max(image.width or 0, image.height or 0) <= SIZES[-1]:
        return SafeString()
    url = reverse("gallery:original", args=[image.public_id])
    return format_html(' data-original="{}" data-pixels="{}"', url, SIZES[-1])


@register.simple_tag
def srcset(image: Image) -> str:
    """Return all renditions of `image` with their widths, for a browser to choose from."""
    return ", ".join(
        f"{rendition_url(image, size)} {width}w" for size, width in rendition_sizes(image)
    )


@register.filter
def aspect(image: Image) -> int:
    """Return width to height in hundredths, rounded to a tenth, as aspect.css has classes for."""
    if not image.width or not image.height:
        return 100
    return min(300, max(40, 10 * round(10 * image.width / image.height)))


@register.filter
def grid_sizes(image: Image, size: str) -> str:
    """Return how wide a card in a row of the grid is shown, for `sizes`."""
    ratio, rems = aspect(image) / 100, ROW_REMS.get(size, ROW_REMS["m"])
    narrow = min(rems, 8)
    return f"(min-width: 48rem) {ratio * rems * 1.2:.0f}rem, {ratio * narrow * 1.2:.0f}rem"


@register.inclusion_tag("gallery/partials/badge.html")
def badge(likeness: Likeness, remark: str = "") -> dict[str, Any]:
    return {"likeness": likeness, "remark": remark}


@register.filter
def likeness(image: Image, method: Method) -> Likeness:
    """Say how alike `image`, a result with `.distance`, is to what was searched for."""
    return method.likeness(image.distance)


@register.filter
def remark(other: Image, image: Image) -> str:
    """Say what the difference of `other` from `image` is that matters most."""
    return comparing.remark(image, other)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the site's own icons; the text beside it says what it means."""
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("gallery/icons.svg"),
        name,
    )


@register.filter
def undo_url(message: Message) -> str:
    """Return where the action that `message` tells of can be taken back, if it can."""
    for tag in message.tags.split():
        for prefix, name in ((UNDO, "gallery:restore"), (TAKE_BACK, "gallery:take_back")):
            if tag.startswith(prefix):
                return reverse(name, args=[tag.removeprefix(prefix)])
    return ""


@register.filter
def thousands(number: int) -> str:
    """Write a number as people read it: 12 345."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@register.filter
def hashes(image: Image, method: Method) -> str:
    """Return in hex the hashes of `image` that a search compared."""
    return "+".join(hash_.hex for hash_ in method.hashes(image))
