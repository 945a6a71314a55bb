"""What the reader of the calendar wants to see."""

from django import forms
from django.db.models import Q

from campaigns.models import Publication, PublicationJob, Topic
from campaigns.posting_calendar import Wanted, within
from portal.lib.periods import month_window
from registry.models import AgencyKind, Channel

ALL = [("", "Tất cả")]
FEATURED = "tinh"
MOST_CHANNELS = 200
"""Channels in the list, of those with posts in the month; one that is asked for in the address is there too."""


class CalendarForm(forms.Form):
    """Three choices that stand in the address; what is not one of them narrows nothing."""

    kenh = forms.ChoiceField(label="Kênh", required=False)
    khoi = forms.ChoiceField(label="Khối cơ quan", required=False, choices=[*ALL, *AgencyKind.choices])
    noi_dung = forms.ChoiceField(label="Nội dung trọng tâm", required=False)

    def __init__(self, data, *, month):
        super().__init__(data)
        span = month_window(month.year, month.month)
        posted = Publication.objects.filter(**within("published_at", span)).values("channel")
        used = Q(pk__in=posted) | Q(pk__in=PublicationJob.objects.values("channel"))
        channels = Channel.objects.published().filter(Q(is_featured=True) | used)
        asked = data.get("kenh", "")
        first = (
            Channel.objects.published()
            .filter(pk=asked if asked.isdecimal() and len(asked) < 19 else 0)
            .values_list("pk", "name")
        )
        others = channels.order_by("-is_featured", "sort_key", "pk").values_list("pk", "name")[:MOST_CHANNELS]
        topics = Topic.objects.filter(month=month)
        self.fields["kenh"].choices = [
            *ALL, (FEATURED, "Các kênh nêu ở trang chủ"),
            *((str(pk), name) for pk, name in dict([*first, *others]).items()),
        ]  # fmt: skip
        self.fields["noi_dung"].choices = [*ALL, *((str(pk), title) for pk, title in topics.values_list("pk", "title"))]

    @property
    def wanted(self) -> Wanted:
        self.is_valid()
        channel, kind, topic = (self.cleaned_data.get(name) for name in ("kenh", "khoi", "noi_dung"))
        of_channel = {"is_featured": True} if channel == FEATURED else {"pk": channel} if channel else {}
        of_item = ({"agency__kind": kind} if kind else {}) | ({"topic": topic} if topic else {})
        return Wanted(of_item, of_channel)
