"""Mẫu chữ: the office's own version of an editable text. No row, or a row put back: the original in code is used."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib.filling import EditableText, fill
from portal.lib.wording import moment_words
from registry.models.people import User

FASTER = "{} vừa đổi mẫu chữ này lúc {}. Nội dung bạn viết vẫn ở dưới; hãy so với bản mới rồi lưu lại."


class Wordings:
    """The texts in force, read once: `words.fill(TEXT, ten=…)`."""

    def __init__(self, texts: dict[str, str]):
        self.texts = texts

    def __getitem__(self, known: EditableText) -> str:
        """The text in force. One that no longer fits its variables (they may go with a new version) gives way."""
        text = self.texts.get(known.key, known.default)
        return known.default if known.faults(text) else text

    def is_broken(self, known: EditableText) -> bool:
        """Whether somebody's text stands in the table and can't be used: the original speaks in its place."""
        return bool(known.key in self.texts and known.faults(self.texts[known.key]))

    def fill(self, known: EditableText, **values: object) -> str:
        """The text with these values; all variables of the text must be given."""
        return fill(self[known], {name: str(values[name]) for name in known.names})


class TextTemplateQuerySet(models.QuerySet):
    def changed(self):
        """Texts that differ from their originals by somebody's wish."""
        return self.filter(is_original=False)

    def wordings(self, texts: Iterable[EditableText]) -> Wordings:
        """These texts as they are in force now (one query)."""
        found = self.changed().filter(key__in=[known.key for known in texts])
        return Wordings(dict(found.values_list("key", "text")))


class TextTemplate(models.Model):
    """`is_original`: put back to the text in code, which may change with a new version; `text` is empty then."""

    key = models.CharField("mẫu chữ", max_length=60, unique=True, editable=False)
    text = models.TextField("nội dung", blank=True)
    is_original = models.BooleanField("dùng mẫu gốc", default=False, editable=False)
    changed_at = models.DateTimeField("đổi lúc", default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        User, verbose_name="người đổi", on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = TextTemplateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "mẫu chữ"
        verbose_name_plural = "mẫu chữ"
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_original=False) | models.Q(text=""),
                name="text_template_original_keeps_no_text",
                violation_error_message="Mẫu gốc nằm trong phần mềm, không ghi lại ở đây.",
            )
        ]

    def __str__(self):
        return self.key

    @classmethod
    def write(cls, *, actor, known: EditableText, text, seen=None, now=None):
        """Use this text from now on; whether that changes anything. ValidationError with one sentence for each fault.

        seen: the `mark` that the writer's page showed; a colleague who was faster since then is told, not overwritten.
        """
        text = known.cleaned(text)
        if faults := known.faults(text):
            raise ValidationError({"text": faults})
        is_original = text == known.cleaned(known.default)
        return cls.put(actor, known.key, "" if is_original else text, is_original, seen, now)

    @classmethod
    def put_back(cls, *, actor, known: EditableText, now=None):
        """Về mẫu gốc."""
        return cls.put(actor, known.key, "", True, None, now)

    @classmethod
    @transaction.atomic
    def put(cls, actor, key, text, is_original, seen, now):
        """Write the row and its history; nothing is written when nothing changes."""
        cls.objects.bulk_create([cls(key=key, is_original=True, changed_by=actor)], ignore_conflicts=True)
        row = cls.objects.select_for_update(of=("self",)).get(key=key)
        if (row.text, row.is_original) == (text, is_original):
            return False
        if seen is not None and seen != row.mark:
            raise ValidationError(FASTER.format(row.changed_by, moment_words(row.changed_at)))
        row.text, row.is_original, row.changed_by, row.changed_at = text, is_original, actor, now or timezone.now()
        row._history_user, row._change_reason = actor, "Về mẫu gốc" if is_original else "Sửa mẫu chữ"
        row.save()
        return True

    @property
    def mark(self) -> str:
        """Stands for this state of the text; "" for the original, whoever put it back."""
        return "" if self.is_original else self.changed_at.isoformat()
