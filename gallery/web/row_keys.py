"""Primary keys in addresses and forms."""

MAX_DIGITS = 18  # every number of so many digits fits into a 64-bit column


def parse_key(text: str) -> int | None:
    """Return the primary key written as `text`, or None if it is not one."""
    is_key = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    return int(text) if is_key else None
