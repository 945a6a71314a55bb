"""Sign-in and one's own account."""

from registry.appointments import make_token
from registry.invitations import invitation_path
from tests.access import SIGN_IN, Row, public


def signed_in(status=200, kwargs=None):
    """A page of one's own account, the same for everybody who is signed in."""
    row = Row(visitor=SIGN_IN, **dict.fromkeys(("other", "focal", "leader", "reviewer", "administrator"), status))
    return row._replace(kwargs=kwargs) if kwargs else row


def link_of_invitation(world):
    uid, token = invitation_path(world.focal).strip("/").split("/")[-2:]
    return {"uidb64": uid, "token": token}


ROWS = {
    "account_home": signed_in(302),
    "account_login": signed_in(302)._replace(visitor=200),
    "account_logout": signed_in(200)._replace(visitor=None),  # nobody to sign out: straight home
    "account_reset_password": public(),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public(lambda world: {"uidb36": "1", "key": "sai-ma"}),
    "account_reset_password_from_key_done": public(),
    "account_inactive": public(),
    "account_settings": signed_in(),
    "message_settings": signed_in(),
    "account_email": signed_in(302),
    "email_change": signed_in(410, lambda world: {"token": "sai-ma"}),
    "account_change_password": signed_in(),
    "account_set_password": signed_in(302),
    "account_reauthenticate": signed_in(),
    "invitation": [
        public(link_of_invitation),
        public(lambda world: {"uidb64": "MQ", "token": "het-han"}, status=410),
        public(lambda world: {"uidb64": "khong-co", "token": "a"}, status=410),
    ],
    "appointment": [
        public(lambda world: {"token": make_token(world.focal.contact_points.get())}),
        public(lambda world: {"token": "sai-ma"}, status=410),
    ],
    "mfa_authenticate": signed_in(302),
    "mfa_reauthenticate": signed_in((200, 302)),
    "mfa_index": signed_in(),
    "mfa_activate_totp": signed_in(302),
    "mfa_deactivate_totp": signed_in(404),
    "mfa_view_recovery_codes": signed_in(404),
    "mfa_generate_recovery_codes": signed_in(302),
    "mfa_download_recovery_codes": signed_in(404),
}
