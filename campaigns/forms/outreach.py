"""The number that a campaign asked for, with a link or a picture that proves it."""

from django import forms

from campaigns.forms.workspace import LineField, PostLinkField, one_of
from campaigns.models.outreach import NO_EVIDENCE
from portal.lib.fields import CountField
from portal.lib.uploads import Slot, accepted_types, check_file


class OutreachForm(forms.Form):
    number = CountField(label="Con số")
    link = PostLinkField(label="Đường link minh chứng", max_length=500, required=False)
    picture = forms.FileField(
        label="Ảnh chụp màn hình", required=False,
        widget=forms.FileInput(attrs={"accept": f"image/jpeg,image/png,image/webp,{accepted_types(Slot.IMAGE)}"}),
    )  # fmt: skip
    note = LineField(label="Ghi chú", max_length=300, required=False)

    def __init__(self, *args, measure, report=None, **kwargs):
        """`report`: what was reported before; its picture stays unless another one comes."""
        if report:
            kwargs["initial"] = {"number": report.number, "link": report.link, "note": report.note}
        super().__init__(*args, **kwargs)
        self.has_picture = bool(report and report.picture)
        self.fields["number"].label = f"Số {measure}"
        self.fields["number"].help_text = "Ghi tổng số đến hôm nay. Không có thì ghi 0."
        self.fields["picture"].help_text = "Ảnh đã gửi vẫn giữ; chọn ảnh khác để thay." if self.has_picture else (
            "Con số lớn hơn 0 cần đường link hoặc ảnh."
        )  # fmt: skip
        one_of(self, "link", "picture")

    def clean_picture(self):
        """The checked picture, None when nothing was sent."""
        sent = self.cleaned_data["picture"]
        if not sent:
            return None
        checked = check_file(sent.file, Slot.IMAGE, sent.name)
        if not checked.is_accepted:
            raise forms.ValidationError(checked.message)
        return checked

    def clean(self):
        values = super().clean()
        proof = values.get("link") or values.get("picture") or self.has_picture
        if values.get("number") and not proof and not {"link", "picture"} & self.errors.keys():
            self.add_error("link", NO_EVIDENCE)
        return values
