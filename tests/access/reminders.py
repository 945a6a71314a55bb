"""Who may see what was sent, whom to phone, and remind at once."""

from registry.models import MessageState, OutgoingMessage
from tests.access import reviewer_page, staff_page


def failed_message(world):
    """A message that waits for a person's decision."""
    return OutgoingMessage.objects.create(
        recipient=world.focal,
        address=world.focal.email,
        purpose="test",
        subject="Nhắc hạn",
        text="Kính gửi",
        state=MessageState.FAILED,
    )


ROWS = {
    "messages": staff_page(),
    "unreachable": staff_page(),
    "remind_now": reviewer_page(
        method="POST", data=lambda world: {"obligation": world.obligation.pk}, reviewer=302, administrator=302
    ),
    "messages_decide": reviewer_page(
        method="POST",
        data=lambda world: {"reason": "Đã hỏi lại địa chỉ", "message": failed_message(world).pk},
        reviewer=302,
        administrator=302,
    ),
    "reminders_upcoming": staff_page(),
    "group_text": [
        staff_page(),
        staff_page(query="?dot=99999999999999999999", leader=404, reviewer=404, administrator=404),
    ],
    "media_list": staff_page(),
    "media_act": [
        reviewer_page(
            lambda world: {"name": "esms"},
            method="POST",
            data=lambda world: {"act": "resume"},
            reviewer=302,
            administrator=302,
        ),
        reviewer_page(lambda world: {"name": "khac"}, method="POST", reviewer=404, administrator=404),
    ],
    "sending": staff_page(),
    "sending_switch": reviewer_page(
        method="POST", data=lambda world: {"reason": "Sự cố"}, reviewer=302, administrator=302
    ),
    "message_test": staff_page(method="POST", leader=302, reviewer=302, administrator=302),
}
