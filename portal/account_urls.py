"""Sign-in and accounts in Vietnamese addresses. Only the pages of allauth that this portal uses are reachable."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import RedirectView

from registry.views import accounts, appointment, digest

urlpatterns = [
    path("dang-nhap/", account.login, name="account_login"),
    path("dang-nhap/ma-xac-thuc/", mfa.authenticate, name="mfa_authenticate"),
    path("dang-nhap/quen-mat-khau/", account.password_reset, name="account_reset_password"),
    path("dang-nhap/quen-mat-khau/da-gui/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^dang-nhap/quen-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("dang-nhap/mat-khau-moi/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("dang-nhap/tam-khoa/", account.account_inactive, name="account_inactive"),
    path("dang-xuat/", account.logout, name="account_logout"),
    path("tai-khoan/", accounts.account_settings, name="account_settings"),
    path("tai-khoan/nhan-tin/", accounts.message_settings, name="message_settings"),
    path("tai-khoan/moi/<uidb64>/<token>/", accounts.invitation, name="invitation"),
    path("tai-khoan/nhan-viec/<str:token>/", appointment.appointment, name="appointment"),
    path("tai-khoan/thoi-tom-tat/<str:token>/", digest.digest_stop, name="digest_stop"),
    path("tai-khoan/thu-dien-tu/", RedirectView.as_view(pattern_name="account_settings"), name="account_email"),
    path("tai-khoan/thu-dien-tu/<str:token>/", accounts.email_change, name="email_change"),
    path("tai-khoan/mat-khau/", account.password_change, name="account_change_password"),
    path("tai-khoan/mat-khau/dat/", account.password_set, name="account_set_password"),
    path("tai-khoan/xac-nhan/", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/xac-nhan/ma/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("tai-khoan/hai-buoc/", mfa.index, name="mfa_index"),
    path("tai-khoan/hai-buoc/bat/", totp.activate_totp, name="mfa_activate_totp"),
    path("tai-khoan/hai-buoc/tat/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("tai-khoan/hai-buoc/ma-du-phong/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("tai-khoan/hai-buoc/ma-du-phong/tao/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("tai-khoan/hai-buoc/ma-du-phong/tai/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
