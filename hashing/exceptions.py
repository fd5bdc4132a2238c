"""Exceptions; their messages may be shown to users."""


class Refusal(ValueError):
    """
    A file that is not accepted, and why.

    `code` is a stable name for programs. `message` says what is wrong and what to do about it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NoHash(ValueError):
    """The subject of a search has no hash: it has no file, or its file cannot be decoded."""


class TooManyPairs(ValueError):
    """A similarity join found more pairs than can be held in memory."""


class NotMigrated(RuntimeError):
    """A search came before `migrate` has made the tables that it needs."""
