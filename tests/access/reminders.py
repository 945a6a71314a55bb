"""Who may see what was sent, whom to phone, and remind at once."""

from registry.models import MessageState, OutgoingMessage
from tests.access import reviewer_page, staff_page


def failed_message(world):
    """A message that waits for a person's decision."""
    message = OutgoingMessage.objects.create(
        recipient=world.focal,
        address=world.focal.email,
        purpose="test",
        subject="Nhắc hạn",
        text="Kính gửi",
        state=MessageState.FAILED,
    )
    return {"pk": message.pk}


ROWS = {
    "messages": staff_page(),
    "unreachable": staff_page(),
    "remind_now": reviewer_page(
        method="POST", data=lambda world: {"obligation": world.obligation.pk}, reviewer=302, administrator=302
    ),
    "message_decide": reviewer_page(
        failed_message,
        method="POST",
        data=lambda world: {"reason": "Đã hỏi lại địa chỉ"},
        reviewer=302,
        administrator=302,
    ),
}
