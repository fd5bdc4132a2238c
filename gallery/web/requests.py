"""Types of requests after middleware and decorators have dealt with them."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from gallery.people import Member


class MemberRequest(HttpRequest):
    """A request in a view that `login_required` guards."""

    user: Member


class HtmxRequest(HttpRequest):
    """A request in a view that answers htmx with a part of the page."""

    htmx: HtmxDetails
