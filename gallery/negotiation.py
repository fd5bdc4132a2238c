"""Who asks: a browser that shows pages, or a program that reads JSON."""

from django.http import HttpRequest


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the caller prefers JSON; whoever takes anything gets a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
