"""What agencies hand in: one big box for the link or the files, a few words, and who answers for it."""

import uuid

from django import forms

from campaigns.forms.workspace import FilesField, LineField, PostLinkField, TextField, one_of
from campaigns.models import ContentItem, ContentKind, Topic
from campaigns.prefilling import guess_kind, split_article
from portal.lib.wording import day_words, month_words

SAVING = ("submit", "draft")
"""What the buttons send; whatever else comes is saved while somebody still types."""
NOT_DECLARED = "Hãy đánh dấu ô này: đơn vị nộp phải chịu trách nhiệm về nội dung."
NO_LATE_REASON = "Đã quá hạn: hãy ghi ngắn gọn vì sao nộp trễ."


class ItemForm(forms.Form):
    """A product. Nothing is required to save a draft; handing in asks for a title and something to read or see.

    `key` makes a double click one item; `seen` is the version that the person had before them. `page` and `base` say
    which page this is and which one wrote last when it was opened.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    page = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)
    base = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)
    link = PostLinkField(
        label="Dán đường link bài đã đăng",
        max_length=500,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "placeholder": "https://…"}
        ),
    )
    files = FilesField(
        label="Hoặc chụp ảnh, chọn tệp",
        required=False,
        help_text="Nhiều tệp một lần cũng được: ảnh, PDF, DOCX, MP4, MP3.",
    )
    title = LineField(
        label="Tiêu đề",
        max_length=200,
        error_messages={"required": "Hãy ghi tiêu đề."},
        help_text="Để trống nếu gửi tệp Word hoặc dán cả bài ở dưới: cổng tự lấy tiêu đề.",
    )
    body = TextField(
        label="Nội dung ngắn", max_length=20000, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 4})
    )
    month = forms.TypedChoiceField(label="Tính cho", required=False, coerce=int, empty_value=None)
    topic = forms.TypedChoiceField(label="Nội dung trọng tâm", required=False, coerce=int, empty_value=None)
    late_reason = LineField(label="Lý do nộp trễ", max_length=300, error_messages={"required": NO_LATE_REASON})
    kind = forms.ChoiceField(
        label="Loại sản phẩm",
        choices=[("", "Tự nhận biết theo đường link hoặc tệp"), *ContentKind.choices],
        required=False,
    )
    responsible = LineField(label="Người chịu trách nhiệm nội dung", max_length=120, required=False)
    is_shareable = forms.BooleanField(label="Cho đơn vị khác dùng lại sản phẩm này", required=False)
    is_declared = forms.BooleanField(
        label="Đơn vị chịu trách nhiệm về nội dung, nguồn và bản quyền", error_messages={"required": NOT_DECLARED}
    )

    CONTENT = ("title", "kind", "link", "body", "responsible", "topic", "late_reason", "is_shareable")
    OTHERS = ("kind", "responsible", "is_shareable")
    """Fields that mostly stay as they are: folded away."""

    def __init__(self, data=None, files=None, *, duty, today, others=(), is_copy=False, **kwargs):
        super().__init__(data, files, **kwargs)
        is_final = data is None or data.get("act") == "submit"
        for name in ("title", "late_reason", "is_declared"):
            self.fields[name].required = is_final
        one_of(self, "link", "files", "body")
        self.offer_months(duty, others)
        self.offer_topics(duty)
        if today <= duty.last_day or duty.is_locked(today):
            del self.fields["late_reason"]
        if is_copy:
            del self.fields["is_shareable"]

    def offer_months(self, duty, others):
        """Other open months of the same requirement; no field when there is none."""
        if not others:
            del self.fields["month"]
            return
        duties = sorted([duty, *others], key=lambda row: row.due_on)
        self.fields["month"].choices = [
            (row.pk, f"{month_words(row.period.month)} (hạn {day_words(row.last_day)})") for row in duties
        ]
        self.initial.setdefault("month", duty.pk)

    def offer_topics(self, duty):
        topics = list(Topic.objects.filter(month=duty.period.month).values_list("pk", "title"))
        self.fields["topic"].choices = [("", "Không theo nội dung trọng tâm"), *topics]
        if not topics:
            del self.fields["topic"]

    @staticmethod
    def blank(responsible):
        return {"key": uuid.uuid4(), "page": uuid.uuid4(), "kind": "", "responsible": responsible}

    @classmethod
    def stored(cls, item: ContentItem, names):
        """What stands in the item. A kind that its link and files tell by themselves isn't asked about."""
        content = {name: getattr(item, name) for name in cls.CONTENT} | {"topic": item.topic_id}
        if item.kind == guess_kind(item.link, names):
            content["kind"] = ""
        keys = {"key": item.idempotency_key, "seen": item.version, "page": uuid.uuid4(), "base": item.written_in}
        return keys | content

    @property
    def has_hidden_fault(self):
        """A fault among the fields that are folded away: the fold must be open."""
        return any(name in self.errors for name in self.OTHERS)

    def clean(self):
        fields = super().clean()
        wanted = self.data.get("act") in SAVING or self.data.get("pasted")
        if wanted and not self.data.get("title", "").strip() and fields.get("body"):
            self.put(**dict(zip(("title", "body"), split_article(fields["body"]), strict=True)))
            self.errors.pop("title", None)
        return fields

    def put(self, **words):
        """Fill fields in, as if they had been typed."""
        self.data = self.data.copy()
        for name, value in words.items():
            self.data[name] = self.cleaned_data[name] = value

    def content(self, names=()):
        """The fields that could be read: those with a fault stay as they were. `names`: of files that are attached."""
        found = {name: self.cleaned_data[name] for name in self.CONTENT if name in self.cleaned_data}
        if "topic" in found:
            found["topic_id"] = found.pop("topic")
        if found.get("kind") == "":
            coming = [file.name for file in self.cleaned_data.get("files", [])]
            found["kind"] = guess_kind(found.get("link", ""), [*names, *coming])
        return found

    def page_marks(self):
        """Which page this is, and which one wrote last when it was opened; None when the form doesn't say."""
        page = self.cleaned_data.get("page")
        return (page, self.cleaned_data.get("base")) if page else None
