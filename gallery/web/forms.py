"""Forms and fields that several packages use."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_NAME_LENGTH = 100
MAX_TEXT_LENGTH = 1000


class PlainForm(forms.Form):
    """A form whose errors can be shown as one text, also to programs."""

    @property
    def error_text(self) -> str:
        """All error messages in one line, without the names of their fields."""
        return " ".join(str(message) for messages in self.errors.values() for message in messages)


class NameList(forms.Field):
    """Names separated by commas; a name that contains a comma is written in double quotes."""

    def __init__(self, *, label: StrOrPromise | None = None, help_text: StrOrPromise = "") -> None:
        self._text = forms.CharField(required=False, max_length=MAX_TEXT_LENGTH)
        super().__init__(required=False, label=label, help_text=help_text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return self._text.widget_attrs(widget)

    def to_python(self, value: Any) -> tuple[str, ...]:
        """Return the names in a text, each once and in their order."""
        names = _names_in(" ".join(self._text.clean(value).split()))
        if too_long := next((name for name in names if len(name) > MAX_NAME_LENGTH), None):
            raise forms.ValidationError(
                f"“{too_long[:20]}…” is longer than {MAX_NAME_LENGTH} characters."
            )
        return names

    def prepare_value(self, value: Any) -> Any:
        return name_list(value) if isinstance(value, list | tuple) else value


def _names_in(line: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line], skipinitialspace=True, strict=True), [])
    except csv.Error:
        raise forms.ValidationError("A closing quotation mark is missing.") from None
    return tuple(dict.fromkeys(name.strip() for name in cells if name.strip()))


def name_list(names: Iterable[str]) -> str:
    """Return `names` as one text that NameList reads."""
    return ", ".join(
        '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name
        for name in names
    )
