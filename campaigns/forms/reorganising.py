"""The desk's form of a reorganisation: what, which agencies, where to, from when, by which decision."""

from django import forms
from django.core.exceptions import ValidationError

from portal.lib import text
from registry.models import Agency, AgencyKind, ReorganisationKind
from registry.plan_file import LEAVE, MOVE, read_request

CONTACTS = ((MOVE, "Chuyển sang cơ quan tiếp nhận, giữ tài khoản"), (LEAVE, "Thôi; cơ quan tiếp nhận cử lại"))


class ReorganisationForm(forms.Form):
    kind = forms.ChoiceField(label="Việc cần làm", choices=ReorganisationKind.choices, widget=forms.RadioSelect)
    sources = forms.ModelMultipleChoiceField(
        label="Cơ quan được sắp xếp", queryset=Agency.objects.none(), to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một cơ quan."},
    )  # fmt: skip
    into = forms.ModelChoiceField(
        label="Về cơ quan đang có trong danh bạ", queryset=Agency.objects.none(), to_field_name="slug", required=False,
        empty_label="(không, hoặc lập cơ quan mới)",
        help_text="Cơ quan tiếp nhận khi sáp nhập, hoặc cơ quan cấp trên mới.",
    )  # fmt: skip
    new_names = forms.CharField(
        label="Hoặc tên mới", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Tên cơ quan mới, mỗi tên một dòng. Khi chia tách, kênh và đầu mối về cơ quan ghi đầu tiên.",
    )  # fmt: skip
    new_kind = forms.ChoiceField(
        label="Loại của cơ quan mới", required=False, choices=[("", "(như cơ quan cũ)"), *AgencyKind.choices]
    )
    on = forms.DateField(label="Từ ngày")
    decision = forms.CharField(
        label="Văn bản quyết định", max_length=200, help_text="Ví dụ: Nghị quyết số 12/NQ-HĐND ngày 01/11/2026."
    )
    contacts = forms.ChoiceField(
        label="Đầu mối của cơ quan cũ", choices=CONTACTS, initial=MOVE, widget=forms.RadioSelect
    )
    note = forms.CharField(label="Ghi chú", required=False, max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        living = Agency.objects.active().order_by("sort_key", "pk")
        self.fields["sources"].queryset = self.fields["into"].queryset = living

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        try:
            self.request = read_request(self.document(data))
        except ValidationError as error:
            self.add_error(None, error)
        return data

    @staticmethod
    def document(data) -> dict:
        """The plan file that says the same."""
        names = [name for line in data["new_names"].splitlines() if (name := text.clean_line(line))]
        facts = {"kind": data["new_kind"]} if data["new_kind"] else {}
        targets = [data["into"].slug] if data["into"] else []
        return {
            "kind": data["kind"],
            "on": data["on"].isoformat(),
            "decision": data["decision"],
            "note": data["note"],
            "from": [agency.slug for agency in data["sources"]],
            "to": targets + [{"name": name} | facts for name in names],
            "contacts": data["contacts"],
        }


class SeenForm(forms.Form):
    """Which plan the person read before pressing."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
