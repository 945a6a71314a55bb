"""Form fields that every form may use."""

from django import forms
from django.core.exceptions import ValidationError

from portal.lib import phones, text

LARGEST = 2**63 - 1


class RowsField(forms.ModelMultipleChoiceField):
    """Ticked rows. A number that no row can have is refused like any other wrong one: SQLite would raise on it."""

    def _check_values(self, value):
        for pk in value if isinstance(value, (list, tuple)) else ():
            if is_too_large(pk):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(pk)[:40]}
                )
        return super()._check_values(value)


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
