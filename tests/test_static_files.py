"""Promises about the files that browsers load: contrast of the colours, and weight."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "static" / "gallery"
BASE = (STATIC / "css" / "base.css").read_text()


def tokens(theme: str) -> dict[str, str]:
    """Return the colours of a theme as base.css defines them."""
    selector = ":root {" if theme == "light" else ':root[data-theme="dark"] {'
    block = BASE.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
class TestColours:
    @pytest.mark.parametrize("ground", ["bg", "surface", "raised"])
    @pytest.mark.parametrize(
        ("token", "least"),
        [("text", 12), ("muted", 4.5), ("accent", 4.5), ("ok", 4.5), ("warn", 4.5), ("bad", 4.5),
         ("line", 3)],
    )  # fmt: skip
    def test_on_the_page(self, theme: str, ground: str, token: str, least: float) -> None:
        colours = tokens(theme)
        assert contrast(colours[token], colours[ground]) >= least

    def test_on_filled_shapes(self, theme: str) -> None:
        colours = tokens(theme)
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
        for filled in ("bad", "warn", "text"):
            assert contrast(colours["bg"], colours[filled]) >= 4.5


def test_dark_is_the_same_by_choice_and_by_system() -> None:
    by_choice = BASE.split(':root[data-theme="dark"] {', 1)[1].split("}", 1)[0]
    by_system = BASE.split(':root:not([data-theme="light"]) {', 1)[1].split("}", 1)[0]
    assert by_choice.split() == by_system.split()


# The pages' own files together; the admin's pages have theirs besides Django's.
@pytest.mark.parametrize(
    ("pattern", "kilobytes"),
    [("css/[!a]*.css", 12), ("css/admin.css", 6), ("js/[!r]*.js", 25), ("js/review*.js", 10)],
)
def test_weight(pattern: str, kilobytes: int) -> None:
    files = [path.read_bytes() for path in STATIC.glob(pattern)]
    assert sum(len(gzip.compress(file)) for file in files) <= kilobytes * 1024


@pytest.mark.parametrize("path", sorted(STATIC.glob("js/*.js")), ids=lambda path: path.name)
def test_scripts_are_short_and_stand_alone(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    # Names of static files carry a hash, which an import inside a script would not know.
    assert not re.search(r"^\s*import\b|\bimport\(", text, re.MULTILINE)
    assert "http://" not in text
    assert "https://" not in text


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    templates = STATIC.parents[1] / "templates"
    named = {
        name
        for path in templates.rglob("*.html")
        for name in re.findall(r'{% icon "(\w+)" %}', path.read_text())
    }
    assert named <= drawn
