"""Topics of a month and the figures of a post."""

from django import forms
from django.utils import timezone

from campaigns.models import Publication, PublicationMetric, Topic

FIGURES = ("views", "likes", "comments", "shares")


class TopicForm(forms.ModelForm):
    class Meta:
        model = Topic
        fields = ["title", "guidance"]
        widgets = {"guidance": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"guidance": "Gợi ý cách làm, tài liệu nên dùng. Đầu mối đọc ở biểu mẫu nộp sản phẩm."}

    def _get_validation_exclusions(self):
        """The month isn't typed here, yet a topic stands in it only once."""
        return super()._get_validation_exclusions() - {"month"}


class MetricsForm(forms.ModelForm):
    """What the platform shows today; the same day typed again replaces the numbers of that day."""

    class Meta:
        model = PublicationMetric
        fields = ["measured_on", *FIGURES]

    def __init__(self, *args, publication: Publication, **kwargs):
        super().__init__(*args, **kwargs)
        self.publication = publication
        self.fields["measured_on"].initial = timezone.localdate

    def clean(self):
        values = super().clean()
        if not self.errors and all(values.get(name) is None for name in FIGURES):
            self.add_error("views", "Hãy ghi ít nhất một con số.")
        day = values.get("measured_on")
        if day and not timezone.localdate(self.publication.published_at) <= day <= timezone.localdate():
            self.add_error("measured_on", "Ngày phải từ ngày đăng đến hôm nay.")
        return values
