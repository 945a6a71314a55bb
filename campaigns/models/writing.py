"""What an agency does with a product before it hands it in: change it, count it for another month."""

from django.core.exceptions import ValidationError
from django.db import transaction

OVERTAKEN = (
    "Bản nháp này vừa được sửa ở một cửa sổ hoặc máy khác. Những gì bạn nhập vẫn còn ở đây: hãy mở bản mới nhất để so, "
    "hoặc bấm Lưu nháp, Nộp lần nữa để dùng bản đang thấy."
)


class Writing:
    """The verbs of a draft, on `ContentItem`."""

    @transaction.atomic
    def edit(self, *, actor, page=None, is_typing=False, **fields):
        """Change a draft or a returned item. Refused once it lies at the province, and to a `page` (a pair: its own
        key, and who wrote last when it was opened) that another page has overtaken. What is saved while somebody
        still types (`is_typing`) leaves no line in the history."""
        self.lock()
        if not self.is_editable:
            raise ValidationError(f"Sản phẩm đang ở tình trạng “{self.get_status_display()}” nên không sửa được.")
        if page and self.written_in not in page:
            raise ValidationError(OVERTAKEN, code="overtaken")
        for name, value in fields.items():
            setattr(self, name, value)
        self.written_in = page[0] if page else None
        self._history_user, self._change_reason = actor, "Sửa"
        self.save_without_historical_record() if is_typing else self.save()

    @transaction.atomic
    def move(self, *, actor, obligation):
        """Count a draft that was never handed in for another period of the same requirement."""
        self.lock()
        wanted = (obligation.agency_id, obligation.requirement_id)
        if self.version or not self.is_editable or wanted != (self.agency_id, self.obligation.requirement_id):
            raise ValidationError("Sản phẩm đã nộp nên không đổi tháng được nữa.")
        self.obligation = obligation
        self.note_history(actor, f"Tính cho {obligation.period}")
