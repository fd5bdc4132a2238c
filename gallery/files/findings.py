"""Problems that the integrity check reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """
    One problem with a picture or a stored file.

    `kind` is a code for programs, `message` a sentence for people. `subject` is the public id of
    the picture, or the storage key of the file. `is_safe` means that the problem can be repaired
    without losing or hiding anything.
    """

    kind: str
    subject: str
    message: str
    is_safe: bool = False
    is_repaired: bool = False
