"""Management commands, run in this process."""

import io

from django.core.management import call_command

# A name that would clear the screen and begin another line, and how it may be printed.
UNPRINTABLE, ESCAPED = "a\x1b[2J\nb.jpg", r"a\x1b[2J\nb.jpg"


def run(*arguments: str) -> str:
    """Run a command and return what it prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()
