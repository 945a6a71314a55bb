"""The form of one editable text."""

from django import forms

from portal.lib.filling import LONGEST, EditableText


class TextForm(forms.Form):
    """The words, checked by the text they are for. `seen` is the state of the text that the page showed."""

    text = forms.CharField(label="Nội dung", required=False, max_length=LONGEST, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args, known: EditableText, **kwargs):
        super().__init__(*args, **kwargs)
        self.known, field = known, self.fields["text"]
        field.help_text = known.help
        field.required = not known.may_be_empty
        lines = max(known.default.count("\n") + 2, len(known.default) // 90 + 2, 3)
        field.widget = forms.TextInput() if known.is_line else forms.Textarea(attrs={"rows": min(lines, 22)})
        field.widget.is_required = field.required

    def clean_text(self):
        text = self.known.cleaned(self.cleaned_data["text"])
        if faults := self.known.faults(text):
            raise forms.ValidationError(faults)
        return text
