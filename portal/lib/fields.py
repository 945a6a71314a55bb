"""Form fields that every form may use."""

from django import forms
from django.core.exceptions import ValidationError

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


def is_too_large(pk) -> bool:
    try:
        return abs(int(pk)) > LARGEST
    except (TypeError, ValueError):
        return False
