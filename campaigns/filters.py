"""Filters of the desk's lists; they stand in the address, in Vietnamese without accents."""

import django_filters as filters
from django.db.models import Exists, OuterRef, Q

from campaigns.models import (
    Campaign,
    ContentItem,
    ContentKind,
    Obligation,
    Outcome,
    Publication,
    RequirementKind,
    Topic,
)
from portal.lib import periods, text
from registry.models import (
    Agency,
    AgencyKind,
    Channel,
    ChannelKind,
    ContactPoint,
    ContactRole,
    Medium,
    MessageState,
    OutgoingMessage,
    User,
)

DAY_INPUT = filters.fields.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ObligationFilter(filters.FilterSet):
    """Duties of a month. Needs rows `with_outcome()`."""

    q = filters.CharFilter(label="Cơ quan", method="of_agency")
    dot = filters.ModelChoiceFilter(
        empty_label="Tất cả",
        label="Đợt",
        field_name="requirement__campaign",
        queryset=Campaign.objects.exclude(status="draft"),
    )
    loai = filters.ChoiceFilter(
        empty_label="Tất cả", label="Loại việc", field_name="requirement__kind", choices=RequirementKind.choices
    )
    nhom = filters.ChoiceFilter(
        empty_label="Tất cả", label="Khối cơ quan", field_name="agency_kind", choices=AgencyKind.choices
    )
    ket_qua = filters.ChoiceFilter(empty_label="Tất cả", label="Kết quả", field_name="result", choices=Outcome.choices)
    qua_han = filters.ChoiceFilter(empty_label="Tất cả", label="Hạn", choices=[("1", "Đã quá hạn")], method="past_due")
    yeu_cau = filters.NumberFilter(
        field_name="requirement", min_value=1, max_value=2**31, widget=filters.fields.forms.HiddenInput
    )

    class Meta:
        model = Obligation
        fields = []

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def of_agency(self, rows, name, words):
        return rows.filter(agency__in=Agency.objects.search(words))

    def past_due(self, rows, name, value):
        return rows.overdue(self.today)


class ItemFilter(filters.FilterSet):
    """Items to publish."""

    q = filters.CharFilter(label="Cơ quan", method="of_agency")
    loai_sp = filters.ChoiceFilter(
        empty_label="Tất cả", label="Loại sản phẩm", field_name="kind", choices=ContentKind.choices
    )
    nhom = filters.ChoiceFilter(
        empty_label="Tất cả", label="Khối cơ quan", field_name="agency__kind", choices=AgencyKind.choices
    )

    class Meta:
        model = ContentItem
        fields = []

    def of_agency(self, rows, name, words):
        return rows.filter(agency__in=Agency.objects.search(words))


class WaitingItemFilter(ItemFilter):
    """Items in the queue: also those given to the person who looks, or to nobody."""

    giao = filters.ChoiceFilter(
        empty_label="Tất cả",
        label="Người duyệt",
        method="of_reviewer",
        choices=[("toi", "Giao cho tôi"), ("chua", "Chưa giao ai"), ("giu", "Đang tạm giữ")],
    )

    def of_reviewer(self, rows, name, value):
        conditions = {
            "toi": {"reviewer": self.request.user},
            "chua": {"reviewer": None},
            "giu": {"held_at__isnull": False},
        }
        return rows.filter(**conditions[value])


class ContactFilter(filters.FilterSet):
    """Nominations in the queue."""

    q = filters.CharFilter(label="Tên, cơ quan", method="with_words")
    vai_tro = filters.ChoiceFilter(
        empty_label="Tất cả", label="Vai trò", field_name="role", choices=ContactRole.choices
    )

    class Meta:
        model = ContactPoint
        fields = []

    def with_words(self, rows, name, words):
        return rows.search(words)


class ChannelFilter(filters.FilterSet):
    """Channels in the queue."""

    q = filters.CharFilter(label="Tên, cơ quan", method="with_words")
    loai_kenh = filters.ChoiceFilter(
        empty_label="Tất cả", label="Loại kênh", field_name="kind", choices=ChannelKind.choices
    )

    class Meta:
        model = Channel
        fields = []

    def with_words(self, rows, name, words):
        return rows.search(words)


class PublicationFilter(filters.FilterSet):
    """Posts on the province's and the agencies' channels."""

    q = filters.CharFilter(label="Tiêu đề, cơ quan", method="with_words")
    thang = filters.CharFilter(label="Tháng (2026-11)", method="of_month")
    loai_kenh = filters.ChoiceFilter(
        empty_label="Tất cả", label="Loại kênh", field_name="channel__kind", choices=ChannelKind.choices
    )

    class Meta:
        model = Publication
        fields = []

    def with_words(self, rows, name, words):
        folded = text.fold_query(words)
        return rows.filter(Q(item__title_norm__contains=folded) | Q(item__agency__in=Agency.objects.search(words)))

    def of_month(self, rows, name, words):
        try:
            first = periods.parse_month(words)
        except ValueError:
            return rows.none()
        after = periods.next_month(first)
        return rows.filter(published_at__gte=periods.start_of_day(first), published_at__lt=periods.start_of_day(after))


def topics_of_library(request):
    """Topics that stand on any product which may be used again; which products those are, the page decides."""
    shareable = ContentItem.objects.accepted().filter(is_shareable=True, topic=OuterRef("pk"))
    return Topic.objects.filter(Exists(shareable))


class LibraryFilter(filters.FilterSet):
    """Products of the library."""

    q = filters.CharFilter(label="Tiêu đề, cơ quan", method="with_words")
    noi_dung = filters.ModelChoiceFilter(
        empty_label="Tất cả", label="Nội dung trọng tâm", field_name="topic", queryset=topics_of_library
    )
    loai_sp = filters.ChoiceFilter(
        empty_label="Tất cả", label="Loại sản phẩm", field_name="kind", choices=ContentKind.choices
    )

    class Meta:
        model = ContentItem
        fields = []

    def with_words(self, rows, name, words):
        folded = text.fold_query(words)
        return rows.filter(Q(title_norm__contains=folded) | Q(agency__in=Agency.objects.search(words)))


class MessageFilter(filters.FilterSet):
    """Messages of the outbox."""

    q = filters.CharFilter(label="Người nhận", method="to_person")
    ket_qua = filters.ChoiceFilter(
        empty_label="Tất cả", label="Kết quả", field_name="state", choices=MessageState.choices
    )
    phuong_tien = filters.ChoiceFilter(
        empty_label="Tất cả", label="Phương tiện", field_name="medium", choices=Medium.choices
    )
    co_quan = filters.CharFilter(label="Cơ quan", method="to_agency")
    ngay = filters.DateFilter(label="Ngày lập", method="of_day", widget=DAY_INPUT)
    can_xem = filters.ChoiceFilter(
        empty_label="Tất cả", label="Việc cần làm", choices=[("1", "Cần quyết định")], method="undecided"
    )

    class Meta:
        model = OutgoingMessage
        fields = []

    def to_agency(self, rows, name, words):
        people = ContactPoint.objects.filter(agency__in=Agency.objects.search(words)).exclude(user=None)
        return rows.filter(recipient__in=people.values("user"))

    def of_day(self, rows, name, day):
        return rows.filter(created_at__range=(periods.start_of_day(day), periods.end_of_day(day)))

    def to_person(self, rows, name, words):
        return rows.filter(recipient__in=User.objects.search(words))

    def undecided(self, rows, name, value):
        return rows.to_decide()
