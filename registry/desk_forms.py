"""What the desk fills in about the registry: a sheet to import, a reason to export, a person to invite."""

from django import forms
from django.core.exceptions import ValidationError

from portal.lib.fields import LineField, PhoneField, RowsField
from registry.models import Agency, ContactRole, ImportKind, Role
from registry.permissions import can_invite
from registry.sheets import MAX_BYTES, guess_kind

GUESS = [("", "Tự nhận biết theo tiêu đề cột")]


class SheetForm(forms.Form):
    """A file or a pasted table; `cleaned_data` gets `content`, `name` and a known `kind`."""

    kind = forms.ChoiceField(label="Loại bảng", choices=[*GUESS, *ImportKind.choices], required=False)
    file = forms.FileField(
        label="Tệp bảng tính", required=False, help_text="Nhận .xlsx, .xls và .csv, tối đa 10 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )  # fmt: skip
    pasted = forms.CharField(
        label="Hoặc dán bảng", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Chọn cả bảng trong Word hoặc Excel, kể cả dòng tiêu đề, sao chép rồi dán vào đây.",
    )  # fmt: skip

    @classmethod
    def to_mend(cls, staged):
        """The form with a table that was pasted before; its kind only where the headings don't tell it."""
        guessed = guess_kind(bytes(staged.content), "")
        return cls(initial={"pasted": staged.pasted, "kind": "" if guessed == staged.kind else staged.kind})

    def clean(self):
        data = super().clean()
        file, pasted = data.get("file"), (data.get("pasted") or "").strip("\r\n ")
        if bool(file) == bool(pasted):
            raise ValidationError("Hãy chọn một tệp hoặc dán một bảng (chỉ một trong hai).")
        data["name"] = file.name if file else ""
        data["content"] = file.read(MAX_BYTES + 1) if file else pasted.encode("utf-8", errors="replace")
        data["kind"] = data.get("kind") or guess_kind(data["content"], data["name"])
        return data


class RevealForm(forms.Form):
    """Why somebody needs full phones and e-mails in a file."""

    reason = forms.CharField(label="Lý do cần số điện thoại và thư đầy đủ", min_length=10, max_length=300)


class InviteForm(forms.Form):
    """A new account. Only administrators see the roles of the province's staff."""

    full_name = LineField(label="Họ và tên", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(label="Thư điện tử", help_text="Thư mời gửi tới địa chỉ này.")
    phone = PhoneField(label="Số điện thoại", max_length=20, required=False)
    role = forms.ChoiceField(label="Vai trò")
    agencies = RowsField(
        label="Cơ quan", queryset=Agency.objects.none(), required=False,
        help_text="Chỉ đánh dấu khi mời đầu mối cơ quan; một người làm đầu mối cho nhiều cơ quan được.",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    agencies.is_one_of = True  # a focal point needs one
    contact_role = forms.ChoiceField(
        label="Đầu mối về", choices=ContactRole.choices, required=False, initial=ContactRole.CHANNEL_ADMIN
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [choice for choice in Role.choices if can_invite(actor, choice[0])]
        self.fields["role"].initial = Role.FOCAL_POINT
        self.fields["agencies"].queryset = Agency.objects.active()

    def clean(self):
        data = super().clean()
        focal = data.get("role") == Role.FOCAL_POINT
        if focal and not data.get("agencies"):
            self.add_error("agencies", "Hãy chọn cơ quan mà người này làm đầu mối.")
        if focal and not data.get("contact_role"):
            self.add_error("contact_role", "Hãy chọn việc mà người này làm đầu mối.")
        return data


class PeopleFilterForm(forms.Form):
    """Filters of the list of accounts; wrong values filter nothing."""

    q = forms.CharField(label="Tên, thư hoặc tên đăng nhập", required=False, max_length=100)
    role = forms.ChoiceField(label="Vai trò", choices=[("", "Tất cả"), *Role.choices], required=False)
    state = forms.ChoiceField(
        label="Tình trạng", required=False,
        choices=[("", "Tất cả"), ("active", "Đang dùng"), ("invited", "Chưa nhận lời mời"), ("locked", "Đã khoá")],
    )  # fmt: skip

    def narrow(self, people):
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("q"):
            people = people.search(values["q"])
        if values.get("role"):
            people = people.filter(role=values["role"])
        match values.get("state"):
            case "active":
                people = people.filter(is_active=True)
            case "invited":
                people = people.filter(is_active=True, last_login=None)
            case "locked":
                people = people.filter(is_active=False)
        return people
