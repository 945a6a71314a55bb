"""Forms of the reminder pages."""

from datetime import timedelta

from django import forms

from campaigns.upcoming import LONGEST_LOOK


class DayForm(forms.Form):
    """The day to look at, from today on."""

    ngay = forms.DateField(label="Ngày", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.first, self.last = today, today + LONGEST_LOOK
        field = self.fields["ngay"]
        field.initial = today + timedelta(days=1)
        field.widget.attrs |= {"min": self.first.isoformat(), "max": self.last.isoformat()}

    def clean_ngay(self):
        day = self.cleaned_data["ngay"]
        if not self.first <= day <= self.last:
            raise forms.ValidationError(f"Hãy chọn một ngày từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}.")
        return day

    def day_or(self, otherwise):
        """The day asked for, or another when there is none or it can't be."""
        return self.cleaned_data["ngay"] if self.is_bound and self.is_valid() else otherwise
