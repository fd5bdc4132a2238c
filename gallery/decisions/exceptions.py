"""Why a decision is refused; every message says what to do next."""


class DecisionRefused(Exception):
    """
    The decision was not carried out, and nothing was changed.

    `code` names the reason for programs, and does not change.
    """

    code = "refused"


class Conflict(DecisionRefused):
    """The pictures are no longer as they were shown, or the decision breaks a rule."""

    code = "conflict"


class InvalidRequest(DecisionRefused):
    """The request is one that no page sends."""

    code = "bad_request"


class DecisionNotFound(DecisionRefused):
    """There is no such decision, or this user must not know of it."""

    code = "not_found"
