"""The words of reminders that the office may change (Mẫu chữ). Links, names of duties and days off are added by the portal,
so that no text can lose them; a text that can't be used gives way to its original, and nothing stops."""

from django.utils.functional import SimpleLazyObject

from portal.lib.filling import EditableText, Variable, fill
from registry.models import TextTemplate

GROUP = "Lời nhắc"
WORD = Variable("nhac", "“Nhắc hạn”, hoặc “Quá hạn” khi đã qua hạn", "Nhắc hạn")
DAY = Variable("han", "hạn, hoặc hạn gần nhất", "05/12/2026")
LEFT = Variable("con_lai", "còn bao lâu", "còn 3 ngày làm việc")
DUTY = Variable("viec", "việc phải làm", "Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 11/2026)")
AGENCY = Variable("don_vi", "tên đơn vị", "Sở Y tế")
COUNT = Variable("so_viec", "số việc cần làm", "2")
TODAY = Variable("ngay", "ngày gửi", "30/11/2026")
PORTAL = Variable("cong", "tên cổng này", "Cổng Kênh Chính thống")
ONE, MANY = (WORD, DAY, LEFT, DUTY, AGENCY), (WORD, COUNT, DAY, LEFT)
ONE_WORDS = "{nhac} {han} ({con_lai}): {viec} – {don_vi}"
MANY_WORDS = "{nhac}: {so_viec} việc cần làm, hạn gần nhất {han} ({con_lai})"

SUBJECT_ONE = EditableText("reminder.subject_one", GROUP, "Tiêu đề thư, một việc", ONE_WORDS, ONE, is_line=True)
SUBJECT_MANY = EditableText("reminder.subject_many", GROUP, "Tiêu đề thư, nhiều việc", MANY_WORDS, MANY, is_line=True)
INTRO = EditableText(
    "reminder.intro", GROUP, "Mở đầu thư",
    "Đến ngày {ngay}, đơn vị của ông/bà còn {so_viec} việc cần làm trên {cong}:", (TODAY, COUNT, PORTAL),
    "Đứng trước danh sách việc. Tên việc, hạn và đường link do cổng thêm.",
)  # fmt: skip
HEAD_INTRO = EditableText(
    "reminder.head_intro", GROUP, "Mở đầu thư gửi người đứng đầu",
    "Cơ quan do ông/bà phụ trách còn việc sau đây đã quá hạn. Kính đề nghị ông/bà chỉ đạo đầu mối thực hiện:",
    (TODAY, COUNT, PORTAL), "Gửi khi quá hạn 3 ngày làm việc.",
)  # fmt: skip
CLOSING = EditableText(
    "reminder.closing", GROUP, "Cuối thư",
    "Nếu trong kỳ không phát sinh, ông/bà mở việc và chọn “Không phát sinh” kèm lý do.", (PORTAL,), may_be_empty=True,
)  # fmt: skip
SMS_ONE = EditableText(
    "reminder.sms_one", GROUP, "Tin SMS, một việc", ONE_WORDS, ONE,
    "Cổng bỏ dấu, cắt cho vừa một tin và thêm đường link.", is_line=True,
)  # fmt: skip
SMS_MANY = EditableText(
    "reminder.sms_many", GROUP, "Tin SMS, nhiều việc", MANY_WORDS, MANY,
    "Cổng bỏ dấu, cắt cho vừa một tin và thêm đường link.", is_line=True,
)  # fmt: skip
GROUP_TITLE = EditableText("group.title", GROUP, "Nhóm Zalo: dòng đầu", "NHẮC HẠN: {viec}", (DUTY,), is_line=True)
GROUP_DAY = EditableText(
    "group.day", GROUP, "Nhóm Zalo: hạn và số đơn vị", "Hạn {han} ({con_lai}), còn {so_don_vi} đơn vị:",
    (DAY, LEFT, Variable("so_don_vi", "số đơn vị chưa xong", "7")), "Cổng ghi tên các đơn vị ở dưới.", is_line=True,
)  # fmt: skip
GROUP_CLOSING = EditableText(
    "group.closing", GROUP, "Nhóm Zalo: cuối đoạn",
    "Kính đề nghị các đơn vị thực hiện tại {dia_chi}. Đơn vị đã làm xin bỏ qua tin này.",
    (Variable("dia_chi", "địa chỉ để làm việc trên cổng", "https://kenh.tinh.example/viec/"), PORTAL), may_be_empty=True,
)  # fmt: skip
ALL = (
    SUBJECT_ONE, SUBJECT_MANY, INTRO, HEAD_INTRO, CLOSING, SMS_ONE, SMS_MANY, GROUP_TITLE, GROUP_DAY, GROUP_CLOSING,
)  # fmt: skip


class ReminderWords:
    """The texts in force; one that comes out empty where something must be said gives way to its original."""

    def __init__(self):
        self.wordings = TextTemplate.objects.wordings(ALL)

    def fill(self, known: EditableText, **values) -> str:
        said = self.wordings.fill(known, **values)
        if said.strip() or known.may_be_empty:
            return said
        return fill(known.default, {name: str(values[name]) for name in known.names})


def words_in_force():
    """Read once, when the first text is needed (one query)."""
    return SimpleLazyObject(ReminderWords)
