"""Keyboard shortcuts: each control names the key that presses it, and what the key does."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def key(context: Context, name: str, help_text: str) -> SafeString:
    """
    Return the attribute by which scripts find the control that a key presses, or focuses.

    The table of shortcuts, which comes later on the page, is made of the keys and help texts given
    here. Controls that do the same can share a key; the first visible one counts.
    """
    context["shortcuts"].setdefault(name, help_text)
    return format_html(' data-key="{}"', name)
