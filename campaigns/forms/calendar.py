"""What the reader of the calendar wants to see."""

from django import forms
from django.db.models import Q

from campaigns.forms.choosing import LONGEST, MOST, found_by
from campaigns.models import Connector, Topic
from campaigns.posting_calendar import Wanted
from portal.lib.text import clean_line
from registry.models import AgencyKind, Channel

ALL = [("", "Tất cả")]
FEATURED = "tinh"


class CalendarForm(forms.Form):
    """Choices and words that stand in the address; what is not one of the choices narrows nothing.

    The list holds the province's own channels: featured ones, those with a connector, and the one in the address. Any
    other is found by words.
    """

    kenh = forms.ChoiceField(label="Kênh của tỉnh", required=False)
    tim = forms.CharField(
        label="Kênh khác (tên hoặc đường link)", required=False, strip=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": LONGEST}),
    )  # fmt: skip
    khoi = forms.ChoiceField(label="Khối cơ quan", required=False, choices=[*ALL, *AgencyKind.choices])
    noi_dung = forms.ChoiceField(label="Nội dung trọng tâm", required=False)

    def __init__(self, data, *, month):
        super().__init__(data)
        topics = Topic.objects.filter(month=month)
        self.fields["kenh"].choices = [
            *ALL, (FEATURED, "Các kênh nêu ở trang chủ"),
            *((str(pk), name) for pk, name in channels_offered(data.get("kenh", ""))),
        ]  # fmt: skip
        self.fields["noi_dung"].choices = [*ALL, *((str(pk), title) for pk, title in topics.values_list("pk", "title"))]

    @property
    def wanted(self) -> Wanted:
        self.is_valid()
        channel, kind, topic = (self.cleaned_data.get(name) for name in ("kenh", "khoi", "noi_dung"))
        words = clean_line(self.cleaned_data.get("tim", ""))[:LONGEST]
        of_channel = {"is_featured": True} if channel == FEATURED else {"pk": channel} if channel else {}
        of_channel |= {"in": found_by(Channel.objects.all(), words)} if words else {}
        of_item = ({"agency__kind": kind} if kind else {}) | ({"topic": topic} if topic else {})
        return Wanted(of_item, of_channel)


def channels_offered(asked: str):
    """Keys and names of at most `MOST` channels, before them the one that is asked for (two queries)."""
    pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    joined = list(Connector.objects.order_by("pk").values_list("channel", flat=True)[:MOST])
    rows = Channel.objects.published().filter(Q(is_featured=True) | Q(pk__in=[pk, *joined]))
    first = rows.annotate(is_asked=Q(pk=pk)).order_by("-is_asked", "-is_featured", "sort_key", "pk")
    return first.values_list("pk", "name")[:MOST]
