"""Forms of the network groups at the desk, and of the list of who lacks what."""

import re

from django import forms
from django.utils import timezone

from campaigns.forms.campaigns import kinds_with_counts
from campaigns.joining import BULK_ACTS
from registry.lacking import agencies_with, lacking, things, with_missing
from registry.models import AgencyKind, ContactRole, GroupMembership, MemberStatus, NetworkGroup

ROW = re.compile(r"[0-9]{1,18}")
MOST_AT_ONCE = 500
NEEDS_REASON = ("left", "denied")
LINK_HELP = "Mở nhóm, chọn “Mời vào nhóm bằng đường link”, sao chép rồi dán vào đây, ví dụ https://zalo.me/g/…"


class GroupForm(forms.Form):
    """The facts of a group."""

    name = forms.CharField(label="Tên nhóm", max_length=200)
    url = forms.CharField(
        label="Đường link mời vào nhóm", max_length=500, help_text=LINK_HELP,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    purpose = forms.CharField(label="Mục đích", max_length=300, required=False)

    @classmethod
    def of(cls, group):
        return cls(initial={name: getattr(group, name) for name in cls.base_fields})


class CloseGroupForm(forms.Form):
    on = forms.DateField(label="Thôi dùng từ ngày", initial=timezone.localdate)
    reason = forms.CharField(label="Lý do", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class InviteForm(forms.Form):
    """Whom to ask: contact points in these roles, of agencies of these kinds."""

    roles = forms.MultipleChoiceField(
        label="Đầu mối về", choices=ContactRole.choices, widget=forms.CheckboxSelectMultiple,
        initial=[ContactRole.CHANNEL_ADMIN, ContactRole.POLICY],
        error_messages={"required": "Hãy chọn ít nhất một vai trò."},
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label="Khối cơ quan", choices=AgencyKind.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một khối cơ quan."},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds_with_counts()
        self.fields["kinds"].initial = [kind for kind, _ in self.fields["kinds"].choices]


class MembersFilterForm(forms.Form):
    """Filters of the list of members; wrong values filter nothing."""

    q = forms.CharField(label="Tên, cơ quan", required=False, max_length=100)
    tinh_trang = forms.ChoiceField(label="Tình trạng", required=False, choices=[("", "Tất cả"), *MemberStatus.choices])
    nhom = forms.ChoiceField(label="Khối cơ quan", required=False, choices=[("", "Tất cả"), *AgencyKind.choices])

    def values(self):
        self.is_valid()
        return self.cleaned_data

    def narrow(self, members):
        values = self.values()
        if values.get("q"):
            members = members.search(values["q"])
        if values.get("tinh_trang"):
            members = members.filter(status=values["tinh_trang"])
        return members.filter(agency__kind=values["nhom"]) if values.get("nhom") else members

    def narrow_agencies(self, agencies):
        values = self.values()
        if values.get("q"):
            agencies = agencies.search(values["q"])
        return agencies.filter(kind=values["nhom"]) if values.get("nhom") else agencies


class MembersActForm(forms.Form):
    """Ticked members and what the desk notes about them."""

    act = forms.ChoiceField(choices=[(act, words) for act, (_, words) in BULK_ACTS.items()])
    chon = forms.MultipleChoiceField(error_messages={"required": "Hãy đánh dấu ít nhất một người."})
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *args, group, **kwargs):
        super().__init__(*args, **kwargs)
        self.group = group
        self.fields["chon"].valid_value = ROW.fullmatch

    def clean_chon(self):
        """The ticked rows that are in this group."""
        rows = GroupMembership.objects.filter(group=self.group, pk__in=self.cleaned_data["chon"][:MOST_AT_ONCE])
        return list(rows.select_related("contact__user", "agency", "group"))

    def clean(self):
        values = super().clean()
        if values.get("act") in NEEDS_REASON and not values.get("reason"):
            self.add_error("reason", "Hãy ghi lý do vào ô ở cuối danh sách rồi bấm lại.")
        return values


class LackingForm(forms.Form):
    """Filters of the list of who lacks what; wrong values filter nothing."""

    SORTS = {"ten": ("sort_key", "pk"), "thieu-nhieu": ("-missing", "sort_key", "pk"), "khoi": ("kind", "sort_key")}

    q = forms.CharField(label="Cơ quan", required=False, max_length=100)
    nhom = forms.ChoiceField(label="Khối cơ quan", required=False, choices=[("", "Tất cả"), *AgencyKind.choices])
    nhom_zalo = forms.ModelChoiceField(
        NetworkGroup.objects.open(), label="Xét cả nhóm mạng lưới", required=False, empty_label="Không xét nhóm"
    )
    sap = forms.ChoiceField(
        label="Sắp xếp", required=False,
        choices=[("ten", "Theo tên"), ("thieu-nhieu", "Thiếu nhiều trước"), ("khoi", "Theo khối")],
    )  # fmt: skip
    thieu = forms.MultipleChoiceField(
        label="Còn thiếu mọi thứ được đánh dấu", required=False, widget=forms.CheckboxSelectMultiple
    )
    thieu.is_one_of = True  # a filter: nothing here is needed

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(thing.key, thing.words) for thing in things()]
        self.fields["thieu"].choices = [*choices, ("trong-nhom", "Có người trong nhóm đã chọn")]
        self.fields["thieu"].valid_value = lambda value: True
        self.is_valid()
        wanted = self.cleaned_data.get("thieu", [])
        self.group = self.cleaned_data.get("nhom_zalo")
        if "trong-nhom" in wanted and self.group is None:
            self.group = NetworkGroup.objects.open().first()
        self.things = things(self.group)
        self.missing = [thing for thing in self.things if thing.key in wanted]

    def rows(self):
        """Agencies as filtered and sorted, with what they have."""
        rows = lacking(agencies_with(self.things), self.missing)
        if self.cleaned_data.get("q"):
            rows = rows.search(self.cleaned_data["q"])
        if self.cleaned_data.get("nhom"):
            rows = rows.filter(kind=self.cleaned_data["nhom"])
        sort = self.SORTS.get(self.cleaned_data.get("sap"), self.SORTS["ten"])
        return (with_missing(rows, self.things) if "-missing" in sort else rows).order_by(*sort)
