"""TODO docstring."""

from __future__ import annotations

import csv
from typing import Any

from django import forms


class PlainForm(forms.Form):
    """A form whose complaints can be said in one breath."""

    @property
    def complaint(self) -> str:
        return " ".join(message for messages in self.errors.values() for message in messages)


class NameList(forms.CharField):
    """Names separated by commas; one that holds a comma stands in double quotes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 1000, **kwargs})

    def to_python(self, value: Any) -> tuple[str, ...]:
        line = " ".join(str(super().to_python(value)).split())
        try:
            names = next(csv.reader([line], skipinitialspace=True, strict=True), [])
        except csv.Error:
            raise forms.ValidationError(
                "A quotation mark is missing; names end with one."
            ) from None
        names = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
        if too_long := next((name for name in names if len(name) > 100), None):
            raise forms.ValidationError(f"“{too_long[:20]}…” is longer than 100 characters.")
        return names

    def validate(self, value: Any) -> None:
        pass  # all of it is said above

    def run_validators(self, value: Any) -> None:
        super().run_validators(name_list(value))

    def prepare_value(self, value: Any) -> Any:
        return name_list(value) if isinstance(value, list | tuple) else value


def name_list(names: Any) -> str:
    """Write `names` as NameList reads them."""
    return ", ".join(
        '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name
        for name in names
    )
