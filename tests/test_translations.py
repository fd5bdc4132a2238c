"""Texts of templates and scripts are marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, Token, TokenType

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SCRIPTS = Path(settings.BASE_DIR) / "static" / "gallery" / "js"

# Attributes that people see or hear.
READ_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-valuetext", "data-name"}
# Elements whose content is no prose.
CODE = {"script", "style", "code", "kbd"}
# Blocks that end up in an attribute nobody reads.
UNREAD_BLOCKS = ("block main_class",)
# Names that are the same in every language, and an example of a hash.
NAMES = {"A", "B", "SHA-256", "WebP", "81d07fffe0611a85"}
# Stands for the output of a template tag, which is never unmarked text.
PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"


class _UnmarkedText(HTMLParser):
    """Collects (line, text) of prose in element content and in attributes that people read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CODE:
            self._code.append(tag)
        for name, value in attrs:
            is_button = tag == "input" and name == "value" and _is_button(dict(attrs))
            if value and (name in READ_ATTRIBUTES or is_button):
                self._note(value)
            if name == "content" and value and dict(attrs).get("name") == "description":
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        if self._code and self._code[-1] == tag:
            self._code.pop()

    def handle_data(self, data: str) -> None:
        if not self._code:
            self._note(data)

    def _note(self, text: str) -> None:
        words = " ".join(text.replace(PLACE, " ").split())
        if words.strip(":,.") not in NAMES and re.search(r"[^\W\d_]", words):
            line = self.getpos()[0] + len(text[: len(text) - len(text.lstrip())].split("\n")) - 1
            self.found.append((line, words))


def _is_button(attributes: dict[str, str | None]) -> bool:
    return attributes.get("type") in ("submit", "button", "reset")


def _tokens(source: str) -> Iterator[tuple[Token, str]]:
    """Yield each token, and the tag in whose content it lies, of those that hide theirs."""
    inside = ""
    for token in Lexer(source).tokenize():
        contents = token.contents if token.token_type == TokenType.BLOCK else ""
        if inside and contents.split(maxsplit=1)[:1] == [f"end{inside}"]:
            inside = ""
        yield token, inside
        if not inside and contents.startswith(("comment", "blocktranslate", *UNREAD_BLOCKS)):
            inside = contents.split(maxsplit=1)[0]


def unmarked(source: str) -> list[tuple[int, str]]:
    """Return (line, text) of each text in the template `source` that cannot be translated."""
    parser = _UnmarkedText()
    for token, inside in _tokens(source):
        lines = "\n" * token.contents.count("\n")
        is_text = token.token_type == TokenType.TEXT and not inside
        parser.feed(token.contents if is_text else PLACE + lines)
    parser.close()
    return parser.found


def _templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_every_text_in_templates_is_marked():
    offenders = [
        f"{path.relative_to(TEMPLATES)}:{line}: {text}"
        for path in _templates()
        for line, text in unmarked(path.read_text())
    ]
    assert not offenders, "\n".join(offenders)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", [(1, "Hello")]),
        ("{% if a %}\n<p>\n  Hello, {{ name }}</p>{% endif %}", [(3, "Hello,")]),
        ('<a title="Open it">→</a>', [(1, "Open it")]),
        ('<a title="{{ a }} pictures" href="/about/">1 / 2</a>', [(1, "pictures")]),
        ('<input type="submit" value="Save"><input name="a" value="b">', [(1, "Save")]),
        ('<meta name="description" content="A gallery">', [(1, "A gallery")]),
        ('<img alt="{% if a %}Dune{% endif %}">', [(1, "Dune")]),
        ("{% blocktranslate %}Hello{% endblocktranslate %} you", [(1, "you")]),
        ('<p>{% translate "Hello" %} · {{ name }}</p>', []),
        ("{# Hello #}{% comment %}<p>Hello</p>{% endcomment %}<!-- Hello -->", []),
        ("<script>hello()</script><style>a {}</style><code>manage.py</code>", []),
        ("{% block main_class %}full{% endblock %}", []),
        ("<td>A</td><dt>SHA-256</dt><p>100 % × 2 →</p>", []),
    ],
)
def test_unmarked_text_is_found(source: str, found: list[tuple[int, str]]):
    assert unmarked(source) == found


def test_places_in_translated_blocks_are_plain_names():
    """Django silently prints nothing for an attribute or a filter inside blocktranslate."""
    offenders = [
        f"{path.relative_to(TEMPLATES)}:{token.lineno}: {token.contents}"
        for path in _templates()
        for token, inside in _tokens(path.read_text())
        if inside == "blocktranslate" and token.token_type == TokenType.VAR
        if not token.contents.isidentifier()
    ]
    assert not offenders, "\n".join(offenders)


def test_scripts_show_no_texts_of_their_own():
    """A sentence in a script would be missing from <template id="texts">."""
    shown = re.compile(r"""(?:textContent|title|alt|ariaLabel)\s*[=:]\s*["'`][^"'`]*[^\W\d_]{2}""")
    offenders = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sorted(SCRIPTS.glob("*.js"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if shown.search(line)
    ]
    assert not offenders, "\n".join(offenders)


def test_scripts_and_templates_name_the_same_texts():
    scripts = "".join(path.read_text() for path in sorted(SCRIPTS.glob("*.js")))
    templates = "".join(path.read_text() for path in _templates())
    kept = set(re.findall(r'data-text="([\w-]+)"', templates))
    calls = re.findall(r"textOf\(([^(){}]*)", scripts)
    named = {name for call in calls for name in re.findall(r'"([\w-]+)"', call)}
    assert named - kept == set()
    tallies = {name for name in kept if name.startswith("tally-")}  # named by state
    assert {name for name in kept - tallies if f'"{name}"' not in scripts} == set()
