"""How allauth behaves in this house: nobody signs up, mail leaves through the outbox, work begins where the role begins."""

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse
from django.utils import timezone

from portal.start import start_page
from registry.accounts import full_address, note_sign_in, send_reset_link, tell_owner

CHANGES = {
    "account/email/password_changed": "Mật khẩu của bạn vừa được đổi.",
    "account/email/password_set": "Mật khẩu của bạn vừa được đặt.",
    "account/email/password_reset": "Mật khẩu của bạn vừa được đặt lại.",
    "mfa/email/totp_activated": "Xác thực hai bước vừa được bật cho tài khoản của bạn.",
    "mfa/email/totp_deactivated": "Xác thực hai bước vừa bị tắt cho tài khoản của bạn.",
    "mfa/email/recovery_codes_generated": "Một bộ mã dự phòng mới vừa được tạo cho tài khoản của bạn.",
}


class AccountAdapter(DefaultAccountAdapter):
    """Rules of sign-in that are the province's own."""

    def is_open_for_signup(self, request):
        """People are invited; see `User.invite`."""
        return False

    def login(self, request, user):
        super().login(request, user)
        note_sign_in(user, self.get_client_ip(request), timezone.now())

    def get_login_redirect_url(self, request):
        return reverse(start_page(request.user))

    def get_password_change_redirect_url(self, request):
        return reverse("account_settings")

    def get_reset_password_from_key_url(self, key):
        """The address in the e-mail names the portal itself, whatever host the request claimed."""
        uid, secret = key.split("-", 1)
        return full_address(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret}))

    def send_password_reset_mail(self, user, email, context):
        send_reset_link(user, context["password_reset_url"], timezone.now())

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell the owner that something about the account's safety changed."""
        if what := CHANGES.get(template_prefix):
            tell_owner(user, what, timezone.now())
