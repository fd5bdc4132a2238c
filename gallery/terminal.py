"""TODO docstring."""

import unicodedata


def printable(text: str) -> str:
    """Return `text` as one line that commands no terminal: what is not to be seen is escaped."""
    # Cc and Cf hold control and direction characters, Cs bytes of names, Zl and Zp breaks.
    return "".join(
        c.encode("unicode_escape").decode()
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else c
        for c in text
    )
