"""Axe's rules of WCAG 2.2 AA."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}


def violations(page: Page, part: str | None = None) -> list[dict[str, Any]]:
    """Return the violations on `page`, or in the part of it that a selector names."""
    found: list[dict[str, Any]] = Axe().run(page, part, OPTIONS).response["violations"]
    return found
