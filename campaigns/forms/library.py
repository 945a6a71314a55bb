"""Using a product of the library again: for which duty."""

import uuid

from django import forms

from campaigns.wording import duty_words


class DutyChoice(forms.ModelChoiceField):
    """Duties in words; with the agency's name where a person speaks for several."""

    def label_from_instance(self, duty):
        return f"{duty.agency.name}: {duty_words(duty)}"


class ShareForm(forms.Form):
    """`key` makes a double click one copy."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    duty = DutyChoice(
        label="Dùng cho đầu việc", queryset=None, empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn đầu việc.", "invalid_choice": "Đầu việc này không còn mở. Hãy chọn lại."},
    )  # fmt: skip

    def __init__(self, *args, duties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["duty"].queryset = duties
        self.found = self.fields["duty"].widget.choices = list(self.fields["duty"].choices)
        self.fields["key"].initial = uuid.uuid4
        if len(self.found) == 1:
            self.fields["duty"].initial = self.found[0][0].value

    @property
    def has_choice(self):
        """Whether any duty is open."""
        return bool(self.found)
