"""Where a product stands, and which act leads where."""

from django.db import models


class ContentStatus(models.TextChoices):
    DRAFT = "draft", "Nháp"
    SUBMITTED = "submitted", "Chờ duyệt"
    CHANGES = "changes", "Cần sửa"
    APPROVED = "approved", "Đã duyệt"
    PUBLISHED = "published", "Đã đăng"
    REJECTED = "rejected", "Từ chối"
    WITHDRAWN = "withdrawn", "Đã rút"


S = ContentStatus
TRANSITIONS = {
    "submit": {S.DRAFT: S.SUBMITTED, S.CHANGES: S.SUBMITTED},
    "return_for_changes": {S.SUBMITTED: S.CHANGES},
    "approve": {S.SUBMITTED: S.APPROVED},
    "reject": {S.SUBMITTED: S.REJECTED},
    "withdraw": {S.DRAFT: S.WITHDRAWN, S.SUBMITTED: S.WITHDRAWN, S.CHANGES: S.WITHDRAWN},
    "reopen": {S.REJECTED: S.SUBMITTED},
    "publish": {S.APPROVED: S.PUBLISHED, S.PUBLISHED: S.PUBLISHED},
}
EDITABLE = (S.DRAFT, S.CHANGES)
COUNTED = (S.SUBMITTED, S.CHANGES, S.APPROVED, S.PUBLISHED)
"""Products that wait or were accepted: those that another one may be a copy of."""
