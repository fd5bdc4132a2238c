"""What can go wrong, each with a sentence that a visitor may read."""


class Refusal(ValueError):
    """
    A file that is not taken in, and why.

    `code` is for programs and stays the same; the message names cause and remedy.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NoHash(ValueError):
    """The subject of a search has no hash: it has no file, or one that cannot be decoded."""


class NotMigrated(RuntimeError):
    """A search came before `migrate` has made the tables that it needs."""
