"""One badge for every status word: tone (colour), icon and Vietnamese word. Never colour alone."""

GOOD, SLOW, WAIT, BAD, CALM, PLAIN = "good", "slow", "wait", "bad", "calm", "plain"

BADGES = {
    # Outcomes of an obligation; `not_due` is "missing" while there is still time.
    "on_time": (GOOD, "check-circle-fill", "đúng hạn"),
    "late": (SLOW, "clock-history", "trễ"),
    "pending": (WAIT, "hourglass-split", "chờ duyệt"),
    "nothing": (CALM, "dash-circle", "không phát sinh"),
    "exempt": (PLAIN, "slash-circle", "được miễn"),
    "missing": (BAD, "exclamation-circle-fill", "chưa nộp"),
    "not_due": (PLAIN, "clock", "chưa nộp"),
    # Months and their closing.
    "month_closed": (GOOD, "lock", "đã chốt"),
    "month_ripe": (SLOW, "clock", "đã khoá, chưa chốt"),
    "month_open": (PLAIN, "clock", "đang mở"),
    # Channels and contact points.
    "proposed": (WAIT, "hourglass-split", "chờ xác nhận"),
    "confirmed": (GOOD, "check-circle-fill", "đã xác nhận"),
    "returned": (SLOW, "exclamation-circle-fill", "cần sửa"),
    "suspended": (SLOW, "pause-circle", "tạm dừng"),
    "closed": (CALM, "x-circle", "đã đóng"),
    "change": (WAIT, "arrow-repeat", "thay đổi"),
    "given_up": (SLOW, "pause-circle", "đơn vị báo bỏ"),
    "left": (CALM, "dash-circle", "đã thôi"),
    "asked": (WAIT, "hourglass-split", "đã mời"),
    "joined": (GOOD, "check-circle-fill", "đã tham gia"),
    "active": (GOOD, "check-circle", "đang hoạt động"),
    # Content items and campaigns.
    "draft": (PLAIN, "pencil", "bản nháp"),
    "submitted": (WAIT, "hourglass-split", "đã nộp, chờ duyệt"),
    "changes": (SLOW, "exclamation-circle-fill", "cần sửa"),
    "held": (SLOW, "pause-circle", "đang tạm giữ"),
    "approved": (GOOD, "check-circle-fill", "đã duyệt"),
    "published": (GOOD, "globe", "đã đăng"),
    "rejected": (BAD, "x-circle-fill", "từ chối"),
    "withdrawn": (CALM, "dash-circle", "đã rút"),
    "issued": (GOOD, "send", "đã ban hành"),
    # Outgoing messages.
    "sending": (WAIT, "send", "đang gửi"),
    "retry": (SLOW, "arrow-repeat", "sẽ gửi lại"),
    "unknown": (SLOW, "question-circle", "chưa rõ đã gửi chưa"),
    "accepted": (GOOD, "check-circle-fill", "đã gửi"),
    "needs_update": (SLOW, "exclamation-triangle-fill", "cần cập nhật"),
    "email": (CALM, "envelope", "thư điện tử"),
    "zalo": (CALM, "chat-dots", "Zalo"),
    "sms": (CALM, "phone", "tin nhắn SMS"),
    "in_app": (CALM, "bell", "trên cổng"),
    "delivered": (GOOD, "check-circle-fill", "đã đến máy"),
    "read": (GOOD, "eye", "đã xem"),
    "failed": (BAD, "x-circle-fill", "không gửi được"),
    "dead": (BAD, "x-circle-fill", "đã ngừng gửi"),
    "cancelled": (CALM, "slash-circle", "đã huỷ"),
    # How one try of a message ended.
    "temporary": (SLOW, "arrow-repeat", "tạm chưa gửi được"),
    "permanent": (BAD, "x-circle-fill", "bị từ chối"),
    "broken": (BAD, "x-circle-fill", "lỗi soạn tin"),
    "released": (CALM, "dash-circle", "để lượt sau"),
    "again": (WAIT, "arrow-repeat", "cán bộ cho gửi lại"),
    "dropped": (CALM, "slash-circle", "cán bộ bỏ"),
    # Posting through connectors.
    "planned": (WAIT, "clock", "chờ giờ đăng"),
    "publishing": (WAIT, "send", "đang đăng"),
    "checking": (WAIT, "hourglass-split", "nền tảng đang xử lý"),
    "done": (GOOD, "globe", "đã đăng"),
    "connector_on": (GOOD, "check-circle-fill", "đang chạy"),
    "connector_off": (CALM, "dash-circle", "đang tắt"),
    "connector_resting": (SLOW, "pause-circle", "đang tạm nghỉ"),
    "connector_halted": (BAD, "x-circle-fill", "đã dừng"),
    # Verdicts on a link, a name or a phone number.
    "official": (GOOD, "shield-check", "kênh chính thống"),
    "was_official": (SLOW, "clock-history", "từng là kênh chính thống"),
    "unconfirmed": (SLOW, "arrow-repeat", "chưa xác nhận lại"),
    "known_fake": (BAD, "shield-exclamation", "kênh giả mạo đã biết"),
    "lookalike": (BAD, "exclamation-triangle-fill", "giống nhưng không phải"),
    "personal": (SLOW, "person", "tài khoản cá nhân"),
    "unresolvable": (CALM, "question-circle", "chưa kiểm tra được"),
    "not_a_channel": (CALM, "info-circle", "không phải một kênh"),
    "no_information": (CALM, "question-circle", "chưa có thông tin"),
    "name_only": (CALM, "question-circle", "mới là tên gọi"),
    # Yes and no.
    "yes": (GOOD, "check-circle", "có"),
    "no": (CALM, "dash-circle", "không"),
}


def look_of(value: str) -> tuple[str, str, str]:
    """Tone, icon and word of a status; an unknown one shows its own text, without a colour that would judge it."""
    return BADGES.get(value, (CALM, "info-circle", value))
