"""The states of a channel, and which act leads from one to which."""

from django.db import models


class ChannelStatus(models.TextChoices):
    PROPOSED = "proposed", "Chờ xác nhận"
    CONFIRMED = "confirmed", "Đã xác nhận"
    RETURNED = "returned", "Trả lại"
    SUSPENDED = "suspended", "Tạm dừng"
    CLOSED = "closed", "Đã đóng"


S = ChannelStatus
TRANSITIONS = {
    "confirm": {S.PROPOSED: S.CONFIRMED},
    "return_for_changes": {S.PROPOSED: S.RETURNED},
    "resubmit": {S.RETURNED: S.PROPOSED},
    "suspend": {S.CONFIRMED: S.SUSPENDED},
    "give_up": {S.CONFIRMED: S.SUSPENDED},
    "resume": {S.SUSPENDED: S.CONFIRMED},
    "close": {S.CONFIRMED: S.CLOSED, S.SUSPENDED: S.CLOSED},
    "reconfirm": {S.CONFIRMED: S.CONFIRMED},
}
LIVE = (S.CONFIRMED, S.SUSPENDED)
