"""Keys of rows, as addresses and forms write them."""

LARGEST = 19  # digits, fewer than which every database takes


def key_in(text: str) -> int | None:
    """Return the key that `text` is; None if it is none."""
    is_key = text.isascii() and text.isdecimal() and len(text) < LARGEST
    return int(text) if is_key else None
