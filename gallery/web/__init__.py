"""Requests and forms: paging, content negotiation, rate limits, shortcuts."""

from gallery.web.forms import NameList, PlainForm
from gallery.web.keyboard_shortcuts import (
    compare_shortcuts,
    grid_shortcuts,
    review_shortcuts,
    shortcuts,
)
from gallery.web.keyset_paging import NO_SUCH_PAGE, Order, Page, cursor_of, joined, page
from gallery.web.negotiation import error_status, no_login_for_programs, refusal, wants_json
from gallery.web.rate_limit import pause, stranger
from gallery.web.request_bodies import length, sent_files
from gallery.web.row_keys import key_in

__all__ = [
    "NO_SUCH_PAGE",
    "NameList",
    "Order",
    "Page",
    "PlainForm",
    "compare_shortcuts",
    "cursor_of",
    "error_status",
    "grid_shortcuts",
    "joined",
    "key_in",
    "length",
    "no_login_for_programs",
    "page",
    "pause",
    "refusal",
    "review_shortcuts",
    "sent_files",
    "shortcuts",
    "stranger",
    "wants_json",
]
