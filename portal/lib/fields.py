"""Form fields that every form may use."""

import re

from django import forms
from django.core.exceptions import ValidationError

from portal.lib import phones, text

LARGEST = 2**63 - 1
MOST_COUNTED = 999_999_999
GROUPED = re.compile(r"[0-9]{1,3}(?:[., \u00a0][0-9]{3})+")
"""1.234.567 and its kin."""


class RowsField(forms.ModelMultipleChoiceField):
    """Ticked rows. A number that no row can have is refused like any other wrong one: SQLite would raise on it."""

    def _check_values(self, value):
        for pk in value if isinstance(value, (list, tuple)) else ():
            if is_too_large(pk):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(pk)[:40]}
                )
        return super()._check_values(value)


class CountField(forms.IntegerField):
    """A number of things, also as people write it: 1.234 or 1 234. Typed as text, so that no browser refuses the dot."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs):
        words = {"invalid": "Hãy ghi một số nguyên, ví dụ 1234 hoặc 1.234."}
        super().__init__(**{"min_value": 0, "max_value": MOST_COUNTED, "error_messages": words} | kwargs)

    def to_python(self, value):
        written = "" if value is None else str(value).strip()
        return super().to_python(re.sub(r"[.,\s]", "", written) if GROUPED.fullmatch(written) else written)

    def widget_attrs(self, widget):
        return {}


class PhoneField(forms.CharField):
    """A Vietnamese number as people write it; kept as national digits."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value):
        written = super().clean(value).strip()
        try:
            return phones.normalise_phone(written) if written else ""
        except ValueError as error:
            raise ValidationError(str(error)) from error


class LineField(forms.CharField):
    """One line of text, cleaned of what cannot be seen."""

    def clean(self, value):
        return text.clean_line(super().clean(value))


def numbers_of(sent, most=1000) -> list[int]:
    """Ticked numbers as a page sent them; whatever no row can have is left out."""
    return [int(text) for text in sent if text.isdecimal() and len(text) < len(str(LARGEST))][:most]


def is_too_large(pk) -> bool:
    try:
        return abs(int(pk)) > LARGEST
    except (TypeError, ValueError):
        return False
