"""The table of shortcuts is made of the controls that name a key."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def rendered(source: str, **variables: str) -> tuple[str, dict[str, str]]:
    shortcuts: dict[str, str] = {}
    template = Template("{% load shortcuts %}" + source)
    return template.render(Context({"shortcuts": shortcuts, **variables})), shortcuts


def test_control_names_its_key_and_the_help_lists_it_once() -> None:
    html, shortcuts = rendered(
        """<a{% key "]" _("Next") %}></a><a{% key "[" "Back" %}></a><a{% key "]" "Again" %}></a>"""
    )
    assert html == '<a data-key="]"></a><a data-key="["></a><a data-key="]"></a>'
    assert shortcuts == {"]": "Next", "[": "Back"}


def test_names_from_variables_are_escaped() -> None:
    html, _ = rendered("""<a{% key name "Quote" %}></a>""", name='"')
    assert html == '<a data-key="&quot;"></a>'


def test_pages_without_scripts_list_the_keys_of_every_page(client: Client, db: None) -> None:
    page = client.get(reverse("gallery:about")).content.decode()
    for table in page.split('<table class="keys">')[1:]:
        keys = re.findall(r"<kbd>([^<]+)</kbd>", table.split("</table>")[0])
        assert {"g", "s", "/", "u", "?"} <= set(keys)
        assert len(keys) == len(set(keys))


def test_no_page_carries_keys_over_to_the_next(client: Client, db: None) -> None:
    first = client.get(reverse("gallery:about")).context["shortcuts"]
    assert client.get(reverse("gallery:about")).context["shortcuts"] is not first


@pytest.mark.parametrize("name", ["base.html", "admin/gallery/image/duplicates.html"])
def test_the_table_comes_after_all_controls(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    table = text.index("partials/shortcuts.html")
    assert "{% key " in text[:table]
    assert "{% key " not in text[table:]
    assert "{% block content %}" in text[:table] or "clusters.html" in text[:table]
