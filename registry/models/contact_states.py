"""What a contact point can be and how it moves: roles, states, transitions, and what goes along in a reorganisation."""

from django.db import models


class ContactRole(models.TextChoices):
    POLICY = "policy", "Truyền thông chính sách"
    CHANNEL_ADMIN = "channel_admin", "Quản trị kênh"
    SPOKESPERSON = "spokesperson", "Người phát ngôn"
    HEAD = "head", "Người đứng đầu"


class ContactStatus(models.TextChoices):
    PROPOSED = "proposed", "Chờ xác nhận"
    CONFIRMED = "confirmed", "Đã xác nhận"
    RETURNED = "returned", "Trả lại"
    LEFT = "left", "Đã thôi"


S = ContactStatus
TRANSITIONS = {
    "confirm": {S.PROPOSED: S.CONFIRMED},
    "return_for_changes": {S.PROPOSED: S.RETURNED},
    "resubmit": {S.RETURNED: S.PROPOSED},
    "reconfirm": {S.CONFIRMED: S.CONFIRMED},
    "accept": {S.CONFIRMED: S.CONFIRMED},
    "decline": {S.CONFIRMED: S.PROPOSED},
    "leave": {S.CONFIRMED: S.LEFT, S.PROPOSED: S.LEFT, S.RETURNED: S.LEFT},
    "come_back": {S.LEFT: S.CONFIRMED},
}

CARRIED = (
    "role", "is_deputy", "full_name", "position", "phone", "email", "is_public", "public_ground", "user", "status",
    "status_reason", "proposed_at", "proposed_by", "confirmed_at", "confirmed_by", "returned_at", "mandate_number",
    "mandate_on", "accepted_at",
)  # fmt: skip
"""What goes along when a person is carried over to the agency that takes over; it has not confirmed anybody yet."""
