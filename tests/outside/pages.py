"""Read the examples of a page, word by word."""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

SECTION = "## Use `hashing` in another project"
FENCED = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^    python manage\.py (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """The examples of a page: the contents of models.py, sessions of the shell, and commands."""

    models: str
    sessions: list[str]
    commands: list[tuple[str, ...]]


def read_page(path: Path) -> Page:
    """Return the examples of the section on `hashing`, or of the whole page if it has none."""
    text = path.read_text()
    if SECTION in text:
        text = text.split(SECTION)[1].split("\n## ")[0]
    blocks = [dedent(block) for block in FENCED.findall(text)]
    return Page(
        models="\n\n".join(block for block in blocks if _defines_model(block)),
        sessions=[block for block in blocks if not _defines_model(block)],
        commands=[tuple(line.split()) for line in COMMAND.findall(text)],
    )


def _defines_model(block: str) -> bool:
    return re.search(r"^class ", block, re.MULTILINE) is not None
