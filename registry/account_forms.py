"""What a person fills in about their own account: who they are, and their first password."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError

from portal.lib.fields import LineField, PhoneField
from registry.models import Medium

MEDIA = [(medium.value, medium.label) for medium in (Medium.EMAIL, Medium.ZALO, Medium.SMS)]
NONE = "không dùng"


class MediaForm(forms.Form):
    """By which media somebody wants to be told, first choice first."""

    first = forms.ChoiceField(label="Trước hết bằng", choices=MEDIA)
    second = forms.ChoiceField(label="Không đến được thì bằng", choices=[("", NONE), *MEDIA], required=False)
    third = forms.ChoiceField(label="Vẫn không được thì bằng", choices=[("", NONE), *MEDIA], required=False)

    @property
    def media(self) -> list[str]:
        return [medium for name in self.fields if (medium := self.cleaned_data[name])]

    def clean(self):
        cleaned = super().clean()
        chosen = [medium for medium in cleaned.values() if medium]
        for name, medium in cleaned.items():
            if medium and chosen.count(medium) > 1 and name != "first":
                self.add_error(name, "Mỗi cách chỉ chọn một lần. Hãy chọn cách khác hoặc “không dùng”.")
                break
        return cleaned


class ProfileForm(forms.ModelForm):
    """Name, phone and e-mail of one's own account.

    A new e-mail asks for the password, for it can take over the account; `save` leaves it in `new_email` until the
    mailbox has answered.
    """

    new_email = ""

    password = forms.CharField(
        label="Mật khẩu hiện tại",
        help_text="Chỉ cần khi đổi thư điện tử.",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    class Meta:
        model = get_user_model()
        fields = ["full_name", "phone", "email", "gets_digest"]
        field_classes = {"full_name": LineField, "phone": PhoneField}
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {"email": "Nhận nhắc hạn và đặt lại mật khẩu qua thư này."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.is_province_staff:
            del self.fields["gets_digest"]

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if not email and self.initial["email"]:
            raise ValidationError("Hãy giữ một thư điện tử để nhận nhắc hạn.")
        return email

    def clean(self):
        cleaned = super().clean()
        is_new = "email" in cleaned and cleaned["email"] != self.initial["email"].lower()
        if is_new and not self.instance.check_password(cleaned.get("password", "")):
            self.add_error("password", "Hãy nhập đúng mật khẩu hiện tại để đổi thư điện tử.")
        self.new_email = cleaned["email"] if is_new else ""
        return cleaned

    def save(self, commit=True):
        if self.new_email:
            self.instance.email = self.initial["email"]
        return super().save(commit)


class FirstPasswordForm(SetPasswordForm):
    """The first password of an invited person, typed twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Mật khẩu"
        self.fields["new_password1"].help_text = "Ít nhất 10 ký tự, có chữ và số. Nên dùng một câu ngắn dễ nhớ."
        self.fields["new_password2"].label = "Gõ lại mật khẩu"
        self.fields["new_password2"].help_text = ""
