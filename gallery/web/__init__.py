"""Requests and forms: paging, content negotiation and rate limits."""

from gallery.web.forms import NameList, PlainForm
from gallery.web.keyset_paging import (
    NO_SUCH_PAGE,
    KeysetPage,
    SortOrder,
    SortValue,
    cursor_of,
    keyset_page,
    merged,
)
from gallery.web.negotiation import error_status, json_error, no_login_for_programs, wants_json
from gallery.web.rate_limit import limited_client, seconds_to_wait
from gallery.web.request_bodies import content_length, uploaded_files
from gallery.web.requests import HtmxRequest, MemberRequest
from gallery.web.row_keys import parse_key

__all__ = [
    "NO_SUCH_PAGE",
    "HtmxRequest",
    "KeysetPage",
    "MemberRequest",
    "NameList",
    "PlainForm",
    "SortOrder",
    "SortValue",
    "content_length",
    "cursor_of",
    "error_status",
    "json_error",
    "keyset_page",
    "limited_client",
    "merged",
    "no_login_for_programs",
    "parse_key",
    "seconds_to_wait",
    "uploaded_files",
    "wants_json",
]
